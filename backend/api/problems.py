"""Refusals as RFC 9457 problem documents, with sentences in Chinese and English.

A code is raised below (:class:`backend.kernel.errors.Refusal`), stands in ``STATUS`` with its HTTP
status, and has its two sentences in ``schemas/i18n``. A test holds the three together.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from backend.kernel.db_errors import is_out_of_files, meaning
from backend.kernel.errors import Refusal, frames_of
from backend.kernel.sentences import fill, load_sentences

log = logging.getLogger("suifang.api")

STATUS: dict[str, int] = {
    # the door
    "not_readable": 400,
    "bad_encoding": 400,
    "too_large": 413,
    "cursor": 400,
    "not_json": 415,
    "invalid_request": 422,
    "not_same_origin": 403,
    # the caller
    "sign_in_needed": 401,
    "session_ended": 401,
    "needs_first": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    # sign-in and devices
    "sign_in_failed": 401,
    "second_factor_required": 401,
    "second_factor_wrong": 401,
    "account_disabled": 403,
    "one_time_expired": 403,
    "login_taken": 409,
    "wrong_entry": 403,
    "too_many_attempts": 429,
    "password_too_short": 422,
    "password_too_long": 422,
    "password_too_common": 422,
    "password_holds_login": 422,
    "password_unchanged": 422,
    "current_password_wrong": 403,
    "second_factor_set": 409,
    "second_factor_not_begun": 409,
    "enrolment_code_wrong": 403,
    "enrolment_code_expired": 403,
    "device_key_invalid": 422,
    # push and the caregiver's link
    "push_endpoint_refused": 422,
    "link_not_known": 401,
    "link_ended": 401,
    "link_dates_wrong": 422,
    "reminder_settled": 409,
    # tasks
    "task_not_open": 409,
    "task_urgent": 409,
    "postponed_too_far": 422,
    "postponed_too_often": 409,
    "birth_date_needed": 401,
    "birth_date_wrong": 401,
    "reaction_dates_wrong": 422,
    "reports_too_many": 429,
    # the vaccination clinic
    "clinic_times_wrong": 422,
    "too_many_children": 422,
    # pictures
    "not_octets": 415,
    "attachment_too_large": 413,
    "attachment_quota": 429,
    "attachment_sealed": 422,
    "attachment_hash": 422,
    "attachment_not_picture": 422,
    # review
    "decided_meanwhile": 409,
    "survivor_missing": 422,
    "roster_unreadable": 422,
    "roster_empty": 422,
    "roster_too_long": 422,
    "roster_without_names": 422,
    "roster_of_many_counties": 422,
    "roster_brings_nobody": 422,
    "roster_too_old": 409,
    "return_needs_reason": 422,
    "asker_not_entitled": 422,
    "name_not_kept": 409,
    "undo_too_late": 409,
    "not_same_visit": 422,
    "nobody_to_draw": 422,
    "policy_not_township": 422,
    # figures
    "unknown_indicator": 422,
    "aim_out_of_range": 422,
    # files out
    "refreshed_too_often": 429,
    "asked_too_often": 429,
    "webhook_address_refused": 422,
    "too_many_webhooks": 409,
    "webhook_ended": 409,
    # villages
    "village_not_theirs": 409,
    # the server
    "server_busy": 503,
    "server_unavailable": 503,
    "storage_full": 507,
    "storage_failing": 503,
    "not_ready": 503,
    "server_error": 500,
}
"""HTTP status of every code that may leave this server."""

SECTIONS = ("problem", "receipt", "flag", "signal", "violation", "calendar")
"""Sections of ``schemas/i18n`` whose sentences travel in answers."""

RETRY_AFTER_S = {
    "server_busy": 5,
    "server_unavailable": 30,
    "storage_full": 300,
    "storage_failing": 60,
    "attachment_quota": 3600,
    "refreshed_too_often": 3600,
}

_BY_MEANING = {
    "conflict": "server_busy",
    "busy": "server_busy",
    "full": "storage_full",
    "failing": "storage_failing",
    "gone": "server_unavailable",
}
_BY_HTTP_STATUS = {
    400: "not_readable",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}


def sentence(code: str, details: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The two sentences of a code, with ``{name}`` filled in from the details."""
    return sentence_of("problem", code, details)


def sentence_of(
    section: str, code: str, details: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The two sentences of a code in one of ``SECTIONS``."""
    texts: dict[str, str] = current_app.extensions["suifang_sentences"][section][code]
    values = details or {}
    return {language: fill(text, values) for language, text in texts.items()}


def problem(code: str, details: Mapping[str, Any] | None = None) -> Response:
    """The answer that tells a refusal."""
    details = dict(details or {})
    status = STATUS[code]
    body = {
        "type": f"urn:suifang:problem:{code}",
        "title": sentence(code, details),
        "status": status,
        "code": code,
        "details": details,
        "request_id": g.request_id,
    }
    answer = Response(
        orjson.dumps(body, default=str), status=status, content_type="application/problem+json"
    )
    wait = details.get("retry_after", RETRY_AFTER_S.get(code))
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def init_problems(app: Flask, schemas: Path) -> None:
    """Answer every refusal and every error of this application with a problem document."""
    app.extensions["suifang_sentences"] = {
        section: load_sentences(schemas, section) for section in SECTIONS
    }

    @app.errorhandler(Refusal)
    def _refusal(error: Refusal) -> Response:
        return problem(error.code, error.details)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:
            return error.get_response()  # type: ignore[return-value]
        answer = problem(_BY_HTTP_STATUS.get(error.code or 500, "server_error"))
        if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
            answer.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
        return answer

    @app.errorhandler(PoolTimeout)
    def _no_connection_free(_error: PoolTimeout) -> Response:
        return problem("server_busy")

    @app.errorhandler(DBAPIError)
    def _database(error: DBAPIError) -> Response:
        code = _BY_MEANING.get(meaning(error))
        if code is None:
            return _unexpected(error)
        # The error's text holds the statement's values: it never reaches a log (S43).
        log.error("database %s: %s", code, type(error.orig).__name__, extra=_where())
        return problem(code)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        log.error("unexpected %s at %s", type(error).__name__, frames_of(error), extra=_where())
        if current_app.testing:
            raise error
        starved = isinstance(error, MemoryError) or is_out_of_files(error)
        return problem("server_busy" if starved else "server_error")


def _where() -> dict[str, str]:
    rule = request.url_rule
    return {"request_id": g.request_id, "route": rule.rule if rule else "-"}
