"""Identity: keys to find people by, bits of a verdict, merges that can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.create_table('resident_keys',
    sa.Column('digest', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.PrimaryKeyConstraint('digest', 'resident_id', name=op.f('pk_resident_keys'))
    )
    op.create_index(op.f('ix_resident_keys_resident_id'), 'resident_keys', ['resident_id'])
    op.create_table('merges',
    sa.Column('id', ID, nullable=False),
    sa.Column('pair_id', ID, nullable=False),
    sa.Column('loser_id', ID, nullable=False),
    sa.Column('survivor_id', ID, nullable=False),
    sa.Column('followed', JSON, nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_by', ID, nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', ID, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    for column in ('pair_id', 'loser_id', 'survivor_id'):
        op.create_index(op.f(f'ix_merges_{column}'), 'merges', [column])
    with op.batch_alter_table('duplicate_candidates') as batch:
        batch.add_column(sa.Column('weights', JSON, nullable=False, server_default='{}'))
    with op.batch_alter_table('duplicate_candidates') as batch:
        batch.alter_column('weights', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('duplicate_candidates') as batch:
        batch.drop_column('weights')
    op.drop_table('merges')
    op.drop_table('resident_keys')
