"""The ladder: where a message stands, what each rung cost; postponed tasks; rotated push keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
CODE = sa.String(length=40)


def upgrade() -> None:
    op.add_column(
        'reminders', sa.Column('rung', CODE, nullable=False, server_default='web_push')
    )
    op.add_column('reminders', sa.Column('climb_at', sa.DateTime(timezone=True), nullable=True))
    # A morning's messages are all due in the same instant: without the id in it, the index would be
    # sorted anew at every claim.
    op.drop_index(op.f('ix_reminders_state_due_at'), 'reminders')
    op.create_index('ix_reminders_state_due_at', 'reminders', ['state', 'due_at', 'id'])
    op.create_index(op.f('ix_reminders_climb_at'), 'reminders', ['climb_at'])
    op.create_index(op.f('ix_reminders_rung_area_code'), 'reminders', ['rung', 'area_code'])
    op.add_column(
        'delivery_attempts', sa.Column('to_digest', sa.String(length=64), nullable=True)
    )
    op.add_column('delivery_attempts', sa.Column('cost_fen', sa.Integer(), nullable=True))
    op.add_column('delivery_attempts', sa.Column('made_by', ID, nullable=True))
    op.create_index(
        op.f('ix_delivery_attempts_to_digest_at'), 'delivery_attempts', ['to_digest', 'at']
    )
    op.create_index(
        op.f('ix_delivery_attempts_address_id_at'), 'delivery_attempts', ['address_id', 'at']
    )
    op.add_column(
        'push_subscriptions', sa.Column('key_id', CODE, nullable=False, server_default='')
    )
    op.add_column('tasks', sa.Column('postponed_until', sa.Date(), nullable=True))
    op.add_column('tasks', sa.Column('postponed_reason', CODE, nullable=True))
    op.add_column(
        'tasks', sa.Column('postponed_times', sa.Integer(), nullable=False, server_default='0')
    )


def downgrade() -> None:
    for name in ('postponed_times', 'postponed_reason', 'postponed_until'):
        op.drop_column('tasks', name)
    op.drop_column('push_subscriptions', 'key_id')
    op.drop_index(op.f('ix_delivery_attempts_address_id_at'), 'delivery_attempts')
    op.drop_index(op.f('ix_delivery_attempts_to_digest_at'), 'delivery_attempts')
    for name in ('made_by', 'cost_fen', 'to_digest'):
        op.drop_column('delivery_attempts', name)
    op.drop_index(op.f('ix_reminders_rung_area_code'), 'reminders')
    op.drop_index(op.f('ix_reminders_climb_at'), 'reminders')
    op.drop_index('ix_reminders_state_due_at', 'reminders')
    op.create_index(op.f('ix_reminders_state_due_at'), 'reminders', ['state', 'due_at'])
    op.drop_column('reminders', 'climb_at')
    op.drop_column('reminders', 'rung')
