"""The queue of a township and of a county, and the records of a form, in the order they are read;
webhooks and their deliveries; an account is found by the area it had last.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BEFORE = 'ix_submissions_township_code_state_priority_received_at'
ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
LINE = (sa.text('priority DESC'), 'received_at', 'id')


def upgrade() -> None:
    op.create_index('ix_submissions_queue', 'submissions', ['township_code', 'state', *LINE])
    op.create_index('ix_submissions_county_queue', 'submissions', ['county_code', 'state', *LINE])
    op.create_index(
        op.f('ix_submissions_form_key_visit_date_village_code_id'),
        'submissions',
        ['form_key', 'visit_date', 'village_code', 'id'],
    )
    op.drop_index(BEFORE, 'submissions')
    op.add_column('accounts', sa.Column('last_area_code', sa.String(length=12), nullable=True))
    op.execute(
        'UPDATE accounts SET last_area_code = (SELECT min(area_code) FROM account_areas '
        'WHERE account_areas.account_id = accounts.id)'
    )
    op.create_table(
        'webhooks',
        sa.Column('id', ID, nullable=False),
        sa.Column('area_code', sa.String(length=12), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('events', JSON, nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('secret_locked', sa.LargeBinary(), nullable=False),
        sa.Column('made_by', ID, nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_why', sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks')),
    )
    op.create_index(op.f('ix_webhooks_area_code'), 'webhooks', ['area_code'])
    op.create_table(
        'webhook_deliveries',
        sa.Column('id', ID, nullable=False),
        sa.Column('webhook_id', ID, nullable=False),
        sa.Column('event', sa.String(length=40), nullable=False),
        sa.Column('submission_id', ID, nullable=True),
        sa.Column('mark', sa.String(length=100), nullable=False),
        sa.Column('payload', JSON, nullable=False),
        sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('detail', sa.String(length=40), nullable=True),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries')),
    )
    for columns in (['webhook_id', 'planned_at'], ['submission_id'], ['state', 'due_at']):
        name = op.f(f"ix_webhook_deliveries_{'_'.join(columns)}")
        op.create_index(name, 'webhook_deliveries', columns)
    op.create_table(
        'webhook_places',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('txid', sa.BigInteger(), nullable=False),
        sa.Column('seq', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_places')),
    )


def downgrade() -> None:
    for table in ('webhook_places', 'webhook_deliveries', 'webhooks'):
        op.drop_table(table)
    op.drop_column('accounts', 'last_area_code')
    op.create_index(
        BEFORE, 'submissions', ['township_code', 'state', 'priority', 'received_at']
    )
    for name in ('form_key_visit_date_village_code_id', 'county_queue', 'queue'):
        op.drop_index(f'ix_submissions_{name}', 'submissions')
