"""Every table of the first release, the feed's sequence, and an audit that cannot be rewritten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


ID = sa.String(length=36).with_variant(postgresql.UUID(as_uuid=False), 'postgresql')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')

# Everything but the two columns that the sealing job fills in, once (S42).
AUDIT_FACTS = (
    'seq, at, actor_id, actor_kind, device_id, action, object_kind, object_id, area_code, '
    'detail, request_id'
)


def keep_audit_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    op.execute(f'CREATE TRIGGER audit_no_update BEFORE UPDATE OF {AUDIT_FACTS} ON audit {refuse}')
    op.execute(
        'CREATE TRIGGER audit_sealed_once BEFORE UPDATE OF previous_hash, hash ON audit '
        f'WHEN OLD.hash IS NOT NULL {refuse}'
    )
    op.execute(f'CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit {refuse}')


def keep_audit_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '23001'; END $$"
    )
    call = 'EXECUTE FUNCTION audit_is_append_only()'
    op.execute(
        f'CREATE TRIGGER audit_no_update BEFORE UPDATE OF {AUDIT_FACTS} ON audit '
        f'FOR EACH ROW {call}'
    )
    op.execute(
        'CREATE TRIGGER audit_sealed_once BEFORE UPDATE OF previous_hash, hash ON audit '
        f'FOR EACH ROW WHEN (OLD.hash IS NOT NULL) {call}'
    )
    op.execute(f'CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW {call}')
    op.execute(f'CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit {call}')


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', ID, nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('password_is_one_time', sa.Boolean(), nullable=False),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('totp_secret_locked', sa.LargeBinary(), nullable=True),
    sa.Column('totp_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('totp_last_step', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('login', name=op.f('uq_accounts_login'))
    )
    op.create_table('areas',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('level', sa.String(length=40), nullable=False),
    sa.Column('parent_code', sa.String(length=12), nullable=True),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('clinic_name', sa.Text(), nullable=True),
    sa.Column('clinic_phone', sa.Text(), nullable=True),
    sa.Column('clinic_address', sa.Text(), nullable=True),
    sa.Column('centre_lng', sa.Double(), nullable=True),
    sa.Column('centre_lat', sa.Double(), nullable=True),
    sa.Column('boundary', JSON, nullable=True),
    sa.Column('boundary_source', sa.Text(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_areas'))
    )
    op.create_index(op.f('ix_areas_county_code'), 'areas', ['county_code'], unique=False)
    op.create_index(op.f('ix_areas_parent_code'), 'areas', ['parent_code'], unique=False)
    op.create_table('attachments',
    sa.Column('submission_version_id', ID, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('submission_version_id', 'sha256', name=op.f('pk_attachments'))
    )
    op.create_index(op.f('ix_attachments_sha256'), 'attachments', ['sha256'], unique=False)
    op.create_table('audit',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', ID, nullable=True),
    sa.Column('actor_kind', sa.String(length=40), nullable=False),
    sa.Column('device_id', ID, nullable=True),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('object_kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.String(length=64), nullable=True),
    sa.Column('area_code', sa.String(length=12), nullable=True),
    sa.Column('detail', JSON, nullable=False),
    sa.Column('request_id', sa.String(length=40), nullable=True),
    sa.Column('previous_hash', sa.String(length=64), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_actor_id_at'), 'audit', ['actor_id', 'at'], unique=False)
    op.create_index(op.f('ix_audit_object_kind_object_id'), 'audit', ['object_kind', 'object_id'], unique=False)
    op.create_table('changes',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.String(length=64), nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('op', sa.String(length=40), nullable=False),
    sa.Column('txid', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'object_id', 'area_code', name=op.f('pk_changes'))
    )
    op.create_index(op.f('ix_changes_area_code_txid_seq'), 'changes', ['area_code', 'txid', 'seq'], unique=False)
    op.create_index(op.f('ix_changes_seq'), 'changes', ['seq'], unique=False)
    op.create_table('consents',
    sa.Column('id', ID, nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('given_by', sa.Text(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index(op.f('ix_consents_resident_id'), 'consents', ['resident_id'], unique=False)
    op.create_table('delivery_attempts',
    sa.Column('id', ID, nullable=False),
    sa.Column('reminder_id', ID, nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('address_id', ID, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_attempts'))
    )
    op.create_index(op.f('ix_delivery_attempts_reminder_id'), 'delivery_attempts', ['reminder_id'], unique=False)
    op.create_table('doses',
    sa.Column('id', ID, nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('vaccine', sa.String(length=40), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('written_dose_no', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=True),
    sa.Column('submission_id', ID, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_doses'))
    )
    op.create_index(op.f('ix_doses_resident_id_given_on'), 'doses', ['resident_id', 'given_on'], unique=False)
    op.create_index(op.f('ix_doses_submission_id'), 'doses', ['submission_id'], unique=False)
    op.create_table('duplicate_candidates',
    sa.Column('id', ID, nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('other_id', ID, nullable=False),
    sa.Column('township_code', sa.String(length=12), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('explanation', JSON, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', ID, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_candidates')),
    sa.UniqueConstraint('resident_id', 'other_id', name=op.f('uq_duplicate_candidates_resident_id_other_id'))
    )
    op.create_index(op.f('ix_duplicate_candidates_other_id'), 'duplicate_candidates', ['other_id'], unique=False)
    op.create_index(op.f('ix_duplicate_candidates_township_code_state'), 'duplicate_candidates', ['township_code', 'state'], unique=False)
    op.create_table('enrolments',
    sa.Column('id', ID, nullable=False),
    sa.Column('resident_id', ID, nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('programme', sa.String(length=40), nullable=False),
    sa.Column('grade', sa.String(length=40), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('left_reason', sa.String(length=40), nullable=True),
    sa.Column('source_submission_id', ID, nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolments'))
    )
    op.create_index(op.f('ix_enrolments_resident_id_programme'), 'enrolments', ['resident_id', 'programme'], unique=False)
    op.create_index(op.f('ix_enrolments_village_code_programme'), 'enrolments', ['village_code', 'programme'], unique=False)
    op.create_table('family_links',
    sa.Column('id', ID, nullable=False),
    sa.Column('child_id', ID, nullable=False),
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('source_submission_id', ID, nullable=True),
    sa.Column('made_by', ID, nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_family_links')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_family_links_token_sha256'))
    )
    op.create_index(op.f('ix_family_links_child_id'), 'family_links', ['child_id'], unique=False)
    op.create_table('form_versions',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('bundle', JSON, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', 'version', name=op.f('pk_form_versions'))
    )
    op.create_table('households',
    sa.Column('id', ID, nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('no', sa.String(length=40), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('group_name', sa.Text(), nullable=True),
    sa.Column('head_name', sa.Text(), nullable=False),
    sa.Column('phone_locked', sa.LargeBinary(), nullable=True),
    sa.Column('phone_digest', sa.String(length=64), nullable=True),
    sa.Column('lng', sa.Double(), nullable=True),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('responsible_worker_id', ID, nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('details', JSON, nullable=False),
    sa.Column('source_submission_id', ID, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_households'))
    )
    op.create_index(op.f('ix_households_village_code_no'), 'households', ['village_code', 'no'], unique=False)
    op.create_index(op.f('ix_households_village_code_status'), 'households', ['village_code', 'status'], unique=False)
    op.create_table('login_throttles',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('window_started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('blocked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_login_throttles'))
    )
    op.create_table('policies',
    sa.Column('id', ID, nullable=False),
    sa.Column('programme', sa.String(length=40), nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('parameters', JSON, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policies'))
    )
    op.create_index(op.f('ix_policies_area_code'), 'policies', ['area_code'], unique=False)
    op.create_table('push_subscriptions',
    sa.Column('id', ID, nullable=False),
    sa.Column('owner_kind', sa.String(length=40), nullable=False),
    sa.Column('owner_id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=True),
    sa.Column('endpoint_locked', sa.LargeBinary(), nullable=False),
    sa.Column('endpoint_sha256', sa.String(length=64), nullable=False),
    sa.Column('p256dh', sa.Text(), nullable=False),
    sa.Column('auth_locked', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscriptions')),
    sa.UniqueConstraint('owner_kind', 'owner_id', 'endpoint_sha256', name=op.f('uq_push_subscriptions_owner_kind_owner_id_endpoint_sha256'))
    )
    op.create_index(op.f('ix_push_subscriptions_endpoint_sha256'), 'push_subscriptions', ['endpoint_sha256'], unique=False)
    op.create_table('quality_flags',
    sa.Column('id', ID, nullable=False),
    sa.Column('submission_id', ID, nullable=False),
    sa.Column('version_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('evidence', JSON, nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_flags')),
    sa.UniqueConstraint('submission_id', 'version_id', 'kind', name=op.f('uq_quality_flags_submission_id_version_id_kind'))
    )
    op.create_table('quarantine',
    sa.Column('id', ID, nullable=False),
    sa.Column('envelope_id', ID, nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('device_id', ID, nullable=True),
    sa.Column('account_id', ID, nullable=True),
    sa.Column('county_code', sa.String(length=12), nullable=True),
    sa.Column('township_code', sa.String(length=12), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('waits_for', ID, nullable=True),
    sa.Column('envelope', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine')),
    sa.UniqueConstraint('kind', 'sha256', name=op.f('uq_quarantine_kind_sha256'))
    )
    op.create_index(op.f('ix_quarantine_envelope_id'), 'quarantine', ['envelope_id'], unique=False)
    op.create_index(op.f('ix_quarantine_township_code_state'), 'quarantine', ['township_code', 'state'], unique=False)
    op.create_index(op.f('ix_quarantine_waits_for'), 'quarantine', ['waits_for'], unique=False)
    op.create_table('receipts',
    sa.Column('id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('submission_id', ID, nullable=True),
    sa.Column('summary', JSON, nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipts')),
    sa.UniqueConstraint('device_id', 'seq', name=op.f('uq_receipts_device_id_seq'))
    )
    op.create_index(op.f('ix_receipts_submission_id'), 'receipts', ['submission_id'], unique=False)
    op.create_table('reminders',
    sa.Column('id', ID, nullable=False),
    sa.Column('addressee_kind', sa.String(length=40), nullable=False),
    sa.Column('addressee_id', ID, nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Text(), nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('message', JSON, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('leased_by', sa.Text(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminders')),
    sa.UniqueConstraint('addressee_kind', 'addressee_id', 'reason', 'occurrence', name=op.f('uq_reminders_addressee_kind_addressee_id_reason_occurrence'))
    )
    op.create_index(op.f('ix_reminders_state_due_at'), 'reminders', ['state', 'due_at'], unique=False)
    op.create_table('residents',
    sa.Column('id', ID, nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('household_id', ID, nullable=True),
    sa.Column('relation_to_head', sa.String(length=40), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('pinyin', sa.Text(), nullable=False),
    sa.Column('initials', sa.Text(), nullable=False),
    sa.Column('sex', sa.String(length=40), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=False),
    sa.Column('id_type', sa.String(length=40), nullable=True),
    sa.Column('id_no_locked', sa.LargeBinary(), nullable=True),
    sa.Column('id_no_digest', sa.String(length=64), nullable=True),
    sa.Column('id_no_tail', sa.String(length=4), nullable=True),
    sa.Column('phone_locked', sa.LargeBinary(), nullable=True),
    sa.Column('phone_digest', sa.String(length=64), nullable=True),
    sa.Column('phone_tail', sa.String(length=4), nullable=True),
    sa.Column('contact_name', sa.Text(), nullable=True),
    sa.Column('contact_phone_locked', sa.LargeBinary(), nullable=True),
    sa.Column('mother_id', ID, nullable=True),
    sa.Column('origin_submission_id', ID, nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('status_on', sa.Date(), nullable=True),
    sa.Column('merged_into', ID, nullable=True),
    sa.Column('details', JSON, nullable=False),
    sa.Column('source_submission_id', ID, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_residents'))
    )
    op.create_index(op.f('ix_residents_household_id'), 'residents', ['household_id'], unique=False)
    op.create_index(op.f('ix_residents_id_no_digest'), 'residents', ['id_no_digest'], unique=False)
    op.create_index(op.f('ix_residents_merged_into'), 'residents', ['merged_into'], unique=False)
    op.create_index(op.f('ix_residents_mother_id'), 'residents', ['mother_id'], unique=False)
    op.create_index(op.f('ix_residents_origin_submission_id'), 'residents', ['origin_submission_id'], unique=False)
    op.create_index(op.f('ix_residents_phone_digest'), 'residents', ['phone_digest'], unique=False)
    op.create_index(op.f('ix_residents_village_code_birth_date_name'), 'residents', ['village_code', 'birth_date', 'name'], unique=False)
    op.create_index(op.f('ix_residents_village_code_status'), 'residents', ['village_code', 'status'], unique=False)
    op.create_table('review_decisions',
    sa.Column('id', ID, nullable=False),
    sa.Column('submission_id', ID, nullable=False),
    sa.Column('version_id', ID, nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('fields', JSON, nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('decided_by', ID, nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_decisions'))
    )
    op.create_index(op.f('ix_review_decisions_submission_id'), 'review_decisions', ['submission_id'], unique=False)
    op.create_table('rule_versions',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('body', JSON, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key', 'version', name=op.f('pk_rule_versions'))
    )
    op.create_table('server_state',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_server_state'))
    )
    op.create_table('submission_versions',
    sa.Column('id', ID, nullable=False),
    sa.Column('submission_id', ID, nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('base_version_id', ID, nullable=True),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('content_locked', sa.LargeBinary(), nullable=False),
    sa.Column('private_locked', sa.LargeBinary(), nullable=True),
    sa.Column('answers', JSON, nullable=False),
    sa.Column('computed', JSON, nullable=False),
    sa.Column('violations', JSON, nullable=False),
    sa.Column('conflicts', JSON, nullable=False),
    sa.Column('confirmed', JSON, nullable=False),
    sa.Column('fix', JSON, nullable=True),
    sa.Column('geotag', JSON, nullable=False),
    sa.Column('device_id', ID, nullable=False),
    sa.Column('worker_id', ID, nullable=False),
    sa.Column('finalised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_versions')),
    sa.UniqueConstraint('submission_id', 'no', name=op.f('uq_submission_versions_submission_id_no'))
    )
    op.create_table('turns',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turns'))
    )
    op.create_table('submissions',
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.Column('township_code', sa.String(length=12), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('form_key', sa.String(length=40), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('service', sa.String(length=40), nullable=True),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', ID, nullable=False),
    sa.Column('household_id', ID, nullable=True),
    sa.Column('worker_id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=False),
    sa.Column('visit_date', sa.Date(), nullable=False),
    sa.Column('visit_mode', sa.String(length=40), nullable=True),
    sa.Column('visit_outcome', sa.String(length=40), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('version_id', ID, nullable=False),
    sa.Column('version_no', sa.Integer(), nullable=False),
    sa.Column('answers', JSON, nullable=False),
    sa.Column('flag_count', sa.Integer(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('finalised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('county_code', 'id', name=op.f('pk_submissions'))
    )
    op.create_index(op.f('ix_submissions_household_id_visit_date'), 'submissions', ['household_id', 'visit_date'], unique=False)
    op.create_index(op.f('ix_submissions_id'), 'submissions', ['id'], unique=False)
    op.create_index(op.f('ix_submissions_subject_id_service_visit_date'), 'submissions', ['subject_id', 'service', 'visit_date'], unique=False)
    op.create_index(op.f('ix_submissions_township_code_state_priority_received_at'), 'submissions', ['township_code', 'state', 'priority', 'received_at'], unique=False)
    op.create_index(op.f('ix_submissions_village_code_received_at'), 'submissions', ['village_code', 'received_at'], unique=False)
    op.create_index(op.f('ix_submissions_worker_id_visit_date'), 'submissions', ['worker_id', 'visit_date'], unique=False)
    op.create_table('tasks',
    sa.Column('id', ID, nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('village_code', sa.String(length=12), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', ID, nullable=False),
    sa.Column('household_id', ID, nullable=True),
    sa.Column('service', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('anchor', sa.Text(), nullable=False),
    sa.Column('opens', sa.Date(), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('closes', sa.Date(), nullable=False),
    sa.Column('expires', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('state_reason', sa.String(length=40), nullable=True),
    sa.Column('state_on', sa.Date(), nullable=True),
    sa.Column('face_to_face', sa.Boolean(), nullable=False),
    sa.Column('referral', sa.String(length=40), nullable=False),
    sa.Column('escalation', sa.String(length=40), nullable=False),
    sa.Column('reasons', JSON, nullable=False),
    sa.Column('rule_version', sa.Text(), nullable=True),
    sa.Column('source_submission_id', ID, nullable=True),
    sa.Column('done_by_submission_id', ID, nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks'))
    )
    op.create_index(op.f('ix_tasks_done_by_submission_id'), 'tasks', ['done_by_submission_id'], unique=False)
    op.create_index(op.f('ix_tasks_source_submission_id'), 'tasks', ['source_submission_id'], unique=False)
    op.create_index(op.f('ix_tasks_state_closes'), 'tasks', ['state', 'closes'], unique=False)
    op.create_index(op.f('ix_tasks_subject_id_service'), 'tasks', ['subject_id', 'service'], unique=False)
    op.create_index(op.f('ix_tasks_village_code_state_closes'), 'tasks', ['village_code', 'state', 'closes'], unique=False)
    op.create_table('account_areas',
    sa.Column('account_id', ID, nullable=False),
    sa.Column('area_code', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_areas_account_id_accounts')),
    sa.PrimaryKeyConstraint('account_id', 'area_code', name=op.f('pk_account_areas'))
    )
    op.create_index(op.f('ix_account_areas_area_code'), 'account_areas', ['area_code'], unique=False)
    op.create_table('devices',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=65), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('app_version', sa.Text(), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_devices_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_devices'))
    )
    op.create_index(op.f('ix_devices_account_id'), 'devices', ['account_id'], unique=False)
    op.create_table('enrolment_codes',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('issued_by', ID, nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_enrolment_codes_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_codes')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_enrolment_codes_code_hash'))
    )
    op.create_index(op.f('ix_enrolment_codes_account_id'), 'enrolment_codes', ['account_id'], unique=False)
    op.create_table('recovery_codes',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_recovery_codes_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes'))
    )
    op.create_index(op.f('ix_recovery_codes_account_id'), 'recovery_codes', ['account_id'], unique=False)
    op.create_table('sessions',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=True),
    sa.Column('entry', sa.String(length=40), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rotated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_sessions_account_id_accounts')),
    sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_sessions_device_id_devices')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_account_id_revoked_at'), 'sessions', ['account_id', 'revoked_at'], unique=False)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.schema.CreateSequence(sa.Sequence('changes_seq')))
        keep_audit_postgresql()
    else:
        keep_audit_sqlite()


def downgrade() -> None:
    raise NotImplementedError('before 0001 there is nothing to go back to')
