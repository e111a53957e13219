"""Figures: tallies, sums, kept days; the feed's index by place, which they follow. Addresses from
which a spreadsheet refreshes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')


def upgrade() -> None:
    op.create_table('tallies',
    sa.Column('subject_id', ID, nullable=False),
    sa.Column('indicator', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('worker_id', ID, nullable=True),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('official_due', sa.Integer(), nullable=False),
    sa.Column('official_met', sa.Integer(), nullable=False),
    sa.Column('changed_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('subject_id', 'indicator', 'year', 'unit_id', name=op.f('pk_tallies'))
    )
    op.create_index(op.f('ix_tallies_indicator_year_village_code'), 'tallies', ['indicator', 'year', 'village_code'])
    op.create_table('figures',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('month', sa.Integer(), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('indicator', sa.String(length=40), nullable=False),
    sa.Column('worker_id', sa.String(length=36), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('official_due', sa.Integer(), nullable=False),
    sa.Column('official_met', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', 'month', 'village_code', 'indicator', 'worker_id', name=op.f('pk_figures'))
    )
    op.create_index(op.f('ix_figures_year_indicator_village_code'), 'figures', ['year', 'indicator', 'village_code'])
    op.create_table('figure_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('indicator', sa.String(length=40), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'village_code', 'indicator', name=op.f('pk_figure_days'))
    )
    op.create_table('countings',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('txid', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_countings'))
    )
    op.create_table('csv_links',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('form_key', sa.String(length=40), nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('names', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('window_started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_in_window', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_csv_links'))
    )
    op.create_index(op.f('ix_csv_links_account_id'), 'csv_links', ['account_id'])
    op.drop_index(op.f('ix_changes_seq'), table_name='changes')
    op.create_index(op.f('ix_changes_txid_seq'), 'changes', ['txid', 'seq'])


def downgrade() -> None:
    op.drop_index(op.f('ix_changes_txid_seq'), table_name='changes')
    op.create_index(op.f('ix_changes_seq'), 'changes', ['seq'])
    op.drop_table('csv_links')
    op.drop_table('countings')
    op.drop_table('figure_days')
    op.drop_table('figures')
    op.drop_table('tallies')
