"""A turn knows whether an envelope is held for it, so that nobody has to ask at every crossing."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'turns',
        sa.Column('is_awaited', sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(
        'UPDATE turns SET is_awaited = true WHERE id IN '
        "(SELECT CAST(waits_for AS VARCHAR(36)) FROM quarantine WHERE state = 'open')"
    )


def downgrade() -> None:
    op.drop_column('turns', 'is_awaited')
