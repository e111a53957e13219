"""The ends of the audit's chain, and its unsealed rows found without a scan."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_seals',
    sa.Column('no', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('head', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('no', name=op.f('pk_audit_seals'))
    )
    op.create_index(
        'ix_audit_unsealed', 'audit', ['seq'], unique=False,
        sqlite_where=sa.text('hash IS NULL'), postgresql_where=sa.text('hash IS NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_audit_unsealed', table_name='audit')
    op.drop_table('audit_seals')
