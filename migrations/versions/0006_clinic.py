"""The vaccination clinic: its days, doses waited for, reactions told, calendar feeds of links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.create_table('clinic_days',
    sa.Column('id', ID, nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('starts', sa.String(length=5), nullable=False),
    sa.Column('ends', sa.String(length=5), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('made_by', ID, nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clinic_days')),
    sa.UniqueConstraint('area_code', 'on', name=op.f('uq_clinic_days_area_code_on'))
    )
    op.create_table('waiting_doses',
    sa.Column('child_id', ID, nullable=False),
    sa.Column('dose_id', sa.String(length=40), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('vaccine', sa.String(length=40), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('late_after', sa.Date(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('child_id', 'dose_id', name=op.f('pk_waiting_doses'))
    )
    op.create_index(op.f('ix_waiting_doses_village_code_due'), 'waiting_doses', ['village_code', 'due'])
    op.create_table('reactions',
    sa.Column('id', ID, nullable=False),
    sa.Column('child_id', ID, nullable=False),
    sa.Column('link_id', ID, nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('onset_on', sa.Date(), nullable=False),
    sa.Column('vaccinated_on', sa.Date(), nullable=True),
    sa.Column('signs', JSON, nullable=False),
    sa.Column('note_locked', sa.LargeBinary(), nullable=True),
    sa.Column('phone_locked', sa.LargeBinary(), nullable=True),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('answered_by', ID, nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer_locked', sa.LargeBinary(), nullable=True),
    sa.Column('action', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reactions'))
    )
    op.create_index(op.f('ix_reactions_child_id'), 'reactions', ['child_id'])
    op.create_index(op.f('ix_reactions_link_id'), 'reactions', ['link_id'])
    op.create_index(op.f('ix_reactions_village_code_state'), 'reactions', ['village_code', 'state'])
    with op.batch_alter_table('family_links') as table:
        table.add_column(sa.Column('feed_sha256', sa.String(length=64), nullable=True))
        table.add_column(sa.Column('feed_tells', sa.String(length=40), nullable=True))
        table.add_column(sa.Column('feed_language', sa.String(length=40), nullable=True))
        table.create_unique_constraint(op.f('uq_family_links_feed_sha256'), ['feed_sha256'])


def downgrade() -> None:
    with op.batch_alter_table('family_links') as table:
        table.drop_constraint(op.f('uq_family_links_feed_sha256'), type_='unique')
        table.drop_column('feed_language')
        table.drop_column('feed_tells')
        table.drop_column('feed_sha256')
    op.drop_table('reactions')
    op.drop_table('waiting_doses')
    op.drop_table('clinic_days')
