"""Rosters: lists of residents brought in as files, with what each of them made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('rosters',
    sa.Column('id', ID, nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('residents', JSON, nullable=False),
    sa.Column('households', JSON, nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('taken_by', ID, nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', ID, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rosters'))
    )
    op.create_index(op.f('ix_rosters_area_code'), 'rosters', ['area_code'])


def downgrade() -> None:
    op.drop_table('rosters')
