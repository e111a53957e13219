"""Pictures that are here, and the table of those that are named with what is needed to find them.

Nothing ever wrote ``attachments`` before this migration: it is made anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')


def upgrade():
    op.drop_table('attachments')
    op.create_table('attachments',
    sa.Column('submission_version_id', ID, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('submission_id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('submission_version_id', 'sha256', 'field', name=op.f('pk_attachments'))
    )
    op.create_index(op.f('ix_attachments_submission_id'), 'attachments', ['submission_id'], unique=False)
    op.create_index(op.f('ix_attachments_device_id_sha256'), 'attachments', ['device_id', 'sha256'], unique=False)
    op.create_table('blobs',
    sa.Column('device_id', ID, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('device_id', 'sha256', name=op.f('pk_blobs')),
    sa.UniqueConstraint('name', name=op.f('uq_blobs_name'))
    )
    op.create_index(op.f('ix_blobs_stored_at'), 'blobs', ['stored_at'], unique=False)
