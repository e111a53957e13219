"""Sites: schools, clinics, food shops, water points that are looked after."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.create_table('sites',
    sa.Column('id', ID, nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('lng', sa.Double(), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('contact_name', sa.Text(), nullable=True),
    sa.Column('phone_locked', sa.LargeBinary(), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('merged_into', ID, nullable=True),
    sa.Column('details', JSON, nullable=False),
    sa.Column('source_submission_id', ID, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sites'))
    )
    op.create_index(op.f('ix_sites_village_code_status'), 'sites', ['village_code', 'status'])


def downgrade() -> None:
    op.drop_table('sites')
