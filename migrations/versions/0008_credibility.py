"""Credibility of visits, comments, policies of review, sampling audits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.add_column('submission_versions', sa.Column('seconds', sa.Double(), nullable=True))
    op.add_column('review_decisions', sa.Column('batch_id', ID, nullable=True))
    op.create_index(op.f('ix_review_decisions_batch_id'), 'review_decisions', ['batch_id'])
    op.create_table('credibility',
    sa.Column('worker_id', ID, nullable=False),
    sa.Column('township_code', sa.String(length=12), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('profile', JSON, nullable=False),
    sa.Column('signals', JSON, nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('worked_out_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('worker_id', name=op.f('pk_credibility'))
    )
    op.create_index(op.f('ix_credibility_township_code'), 'credibility', ['township_code'])
    op.create_table('review_comments',
    sa.Column('id', ID, nullable=False),
    sa.Column('submission_id', ID, nullable=True),
    sa.Column('worker_id', ID, nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_comments'))
    )
    op.create_index(op.f('ix_review_comments_submission_id'), 'review_comments', ['submission_id'])
    op.create_index(op.f('ix_review_comments_worker_id'), 'review_comments', ['worker_id'])
    op.create_table('saved_filters',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('filter', JSON, nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filters'))
    )
    op.create_index(op.f('ix_saved_filters_account_id'), 'saved_filters', ['account_id'])
    op.create_table('review_policies',
    sa.Column('id', ID, nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('after_days', sa.Integer(), nullable=False),
    sa.Column('sample_percent', sa.Integer(), nullable=False),
    sa.Column('set_by', ID, nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_policies')),
    sa.UniqueConstraint('area_code', name=op.f('uq_review_policies_area_code'))
    )
    op.create_table('sampling_audits',
    sa.Column('id', ID, nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('programme', sa.String(length=40), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('method', sa.String(length=40), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('frame_size', sa.Integer(), nullable=False),
    sa.Column('drawn_by', ID, nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sampling_audits'))
    )
    op.create_index(op.f('ix_sampling_audits_area_code'), 'sampling_audits', ['area_code'])
    op.create_table('sampling_audit_items',
    sa.Column('id', ID, nullable=False),
    sa.Column('audit_id', ID, nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('submission_id', ID, nullable=False),
    sa.Column('worker_id', ID, nullable=False),
    sa.Column('answered_by', sa.String(length=40), nullable=True),
    sa.Column('agrees', sa.String(length=40), nullable=True),
    sa.Column('answers', JSON, nullable=True),
    sa.Column('private_locked', sa.LargeBinary(), nullable=True),
    sa.Column('asked_by', ID, nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sampling_audit_items')),
    sa.UniqueConstraint('audit_id', 'no', name=op.f('uq_sampling_audit_items_audit_id_no'))
    )


def downgrade() -> None:
    for table in (
        'sampling_audit_items', 'sampling_audits', 'review_policies', 'saved_filters',
        'review_comments', 'credibility',
    ):
        op.drop_table(table)
    op.drop_index(op.f('ix_review_decisions_batch_id'), 'review_decisions')
    op.drop_column('review_decisions', 'batch_id')
    op.drop_column('submission_versions', 'seconds')
