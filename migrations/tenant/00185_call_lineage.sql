-- +goose Up
-- The version of the blueprint from which a call comes, and since when.
ALTER TABLE calls ADD COLUMN blueprint text NOT NULL DEFAULT 'exchange' CHECK (blueprint ~ '^[a-z][a-z0-9_]{0,48}$');
ALTER TABLE calls ADD COLUMN blueprint_version integer NOT NULL DEFAULT 1 CHECK (blueprint_version > 0);
ALTER TABLE calls ADD COLUMN adopted_at timestamptz NOT NULL DEFAULT now();

UPDATE calls AS c SET blueprint = p.blueprint, blueprint_version = p.blueprint_version, adopted_at = c.created_at
    FROM cycles AS y JOIN programs AS p ON p.id = y.program_id WHERE y.id = c.cycle_id;

-- +goose Down
ALTER TABLE calls DROP COLUMN adopted_at;
ALTER TABLE calls DROP COLUMN blueprint_version;
ALTER TABLE calls DROP COLUMN blueprint;
