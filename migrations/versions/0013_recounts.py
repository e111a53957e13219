"""Who is to be counted again on which day, and by which definitions everybody was counted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')


def upgrade() -> None:
    op.create_table('recounts',
    sa.Column('subject_id', ID, nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('subject_id', name=op.f('pk_recounts'))
    )
    op.create_index(op.f('ix_recounts_day_subject_id'), 'recounts', ['day', 'subject_id'])
    op.add_column('countings', sa.Column('definition', sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column('countings', 'definition')
    op.drop_index(op.f('ix_recounts_day_subject_id'), table_name='recounts')
    op.drop_table('recounts')
