-- +goose Up
-- Where an organization sat when its application was handed in, or when it was asked to take a seat: by that it is judged, and what it
-- writes in its profile afterwards changes nothing of it. Of what is handed in already it is what the profile says today.
ALTER TABLE application_parts ADD COLUMN country text NOT NULL DEFAULT '' CHECK (country = '' OR country ~ '^[A-Z]{2}$'),
    ADD COLUMN city text NOT NULL DEFAULT '',
    ADD COLUMN place bigint NOT NULL DEFAULT 0 CHECK (place >= 0);
UPDATE application_parts AS p SET country = o.country, city = o.city, place = o.place FROM organizations AS o, applications AS a
    WHERE o.id = p.organization_id AND a.id = p.application_id AND a.submitted_at IS NOT NULL;

ALTER TABLE place_replacements ADD COLUMN country text NOT NULL DEFAULT '' CHECK (country = '' OR country ~ '^[A-Z]{2}$'),
    ADD COLUMN city text NOT NULL DEFAULT '',
    ADD COLUMN place bigint NOT NULL DEFAULT 0 CHECK (place >= 0);
UPDATE place_replacements AS r SET country = o.country, city = o.city, place = o.place FROM organizations AS o WHERE o.id = r.coming;

-- +goose Down
ALTER TABLE place_replacements DROP COLUMN place, DROP COLUMN city, DROP COLUMN country;
ALTER TABLE application_parts DROP COLUMN place, DROP COLUMN city, DROP COLUMN country;
