-- +goose Up
-- When it was forgotten what networks wrote each other, and who was lent: what stays is that it was asked and what came of it.
ALTER TABLE lending_requests ADD COLUMN forgotten_at timestamptz;
ALTER TABLE lending_requests DROP CONSTRAINT lending_requests_check2;
ALTER TABLE lending_requests ADD CONSTRAINT lending_requests_reason CHECK (CASE WHEN forgotten_at IS NULL THEN (state = 'refused') = (reason <> '') ELSE reason = '' AND message = '' END);

ALTER TABLE lending_loans ADD COLUMN forgotten_at timestamptz;
ALTER TABLE lending_loans DROP CONSTRAINT lending_loans_name_check;
ALTER TABLE lending_loans ADD CONSTRAINT lending_loans_named CHECK (CASE WHEN forgotten_at IS NULL THEN name <> ''
    ELSE name = '' AND topics = '{}' AND languages = '{}' AND countries = '{}' END);

-- +goose Down
DELETE FROM lending_loans WHERE forgotten_at IS NOT NULL;
DELETE FROM lending_requests WHERE forgotten_at IS NOT NULL;
ALTER TABLE lending_loans DROP CONSTRAINT lending_loans_named;
ALTER TABLE lending_loans ADD CONSTRAINT lending_loans_name_check CHECK (name <> '');
ALTER TABLE lending_loans DROP COLUMN forgotten_at;
ALTER TABLE lending_requests DROP CONSTRAINT lending_requests_reason;
ALTER TABLE lending_requests ADD CONSTRAINT lending_requests_check2 CHECK ((state = 'refused') = (reason <> ''));
ALTER TABLE lending_requests DROP COLUMN forgotten_at;
