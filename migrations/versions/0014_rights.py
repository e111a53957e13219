"""What residents ask about their own data, and residents taken out of use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')


def upgrade() -> None:
    op.create_table('rights_requests',
    sa.Column('id', ID, nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('asked_by', sa.String(length=40), nullable=False),
    sa.Column('note_locked', sa.LargeBinary(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('taken_by', ID, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('outcome_locked', sa.LargeBinary(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', ID, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rights_requests'))
    )
    op.create_index(op.f('ix_rights_requests_resident_id'), 'rights_requests', ['resident_id'])
    op.create_index(
        op.f('ix_rights_requests_village_code_state_due_on'), 'rights_requests',
        ['village_code', 'state', 'due_on'],
    )
    op.create_table('sealings',
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed_by', ID, nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('box_locked', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('resident_id', name=op.f('pk_sealings'))
    )
    op.create_index(op.f('ix_sealings_until'), 'sealings', ['until'])
    op.create_index(op.f('ix_sealings_village_code'), 'sealings', ['village_code'])


def downgrade() -> None:
    op.drop_table('sealings')
    op.drop_table('rights_requests')
