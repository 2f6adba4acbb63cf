-- +goose Up
-- What people ask about a call, and what the network answers, for everybody to read.
CREATE TABLE call_questions (
    id          uuid PRIMARY KEY,
    call_id     uuid NOT NULL REFERENCES calls (id),
    asked       text NOT NULL CHECK (asked <> ''),
    locale      text NOT NULL CHECK (locale ~ '^[a-z]{2}$'),
    asked_at    timestamptz NOT NULL,
    asked_by    uuid,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'answered', 'declined')),
    -- As it is published, in the call's languages; what was asked may hold what the public need not read.
    words       jsonb NOT NULL DEFAULT '{}',
    answer      jsonb NOT NULL DEFAULT '{}',
    answered_at timestamptz,
    answered_by uuid,
    version     bigint NOT NULL DEFAULT 1,
    CHECK ((state = 'waiting') = (answered_at IS NULL)),
    CHECK (state <> 'answered' OR (words <> '{}' AND answer <> '{}'))
);

CREATE INDEX call_questions_by_call ON call_questions (call_id, asked_at);

-- The same words twice while they wait are one question.
CREATE UNIQUE INDEX call_questions_once ON call_questions (call_id, md5(asked)) WHERE state = 'waiting';

-- +goose Down
DROP TABLE call_questions;
