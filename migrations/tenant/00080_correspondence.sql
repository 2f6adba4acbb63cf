-- +goose Up
CREATE TABLE messages (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    status      text NOT NULL CHECK (status IN ('held', 'released', 'sent', 'failed', 'cancelled')),
    person_id   uuid,
    address     text NOT NULL,
    name        text NOT NULL,
    locale      text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL,
    html        text NOT NULL,
    secret      boolean NOT NULL,
    batch       text NOT NULL DEFAULT '',
    about_kind  text NOT NULL DEFAULT '',
    about_id    text NOT NULL DEFAULT '',
    search      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    released_at timestamptz,
    sent_at     timestamptz
);
CREATE INDEX messages_by_time ON messages (created_at DESC, id DESC);
CREATE INDEX messages_about ON messages (about_kind, about_id);
CREATE INDEX messages_held ON messages (created_at) WHERE status = 'held';

CREATE TABLE notifications (
    id         uuid PRIMARY KEY,
    person_id  uuid NOT NULL,
    key        text NOT NULL,
    args       jsonb NOT NULL,
    path       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at    timestamptz
);
CREATE INDEX notifications_person ON notifications (person_id, created_at DESC);
CREATE INDEX notifications_unread ON notifications (person_id) WHERE read_at IS NULL;

-- +goose Down
DROP TABLE notifications;
DROP TABLE messages;
