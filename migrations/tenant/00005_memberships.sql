-- +goose Up
-- Who holds which role. A role of the network's team has no organization; lead and participant always have one.
CREATE TABLE memberships (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL,
    role            text NOT NULL CHECK (role IN ('coordinator', 'officer', 'finance', 'reviewer', 'chair', 'facilitator',
                        'lead', 'participant', 'funder', 'core_team', 'operator')),
    organization_id uuid,
    granted_at      timestamptz NOT NULL DEFAULT now(),
    granted_by      uuid,
    CHECK ((organization_id IS NOT NULL) = (role IN ('lead', 'participant')))
);

CREATE UNIQUE INDEX memberships_once ON memberships
    (person_id, role, coalesce(organization_id, '00000000-0000-0000-0000-000000000000'));
CREATE INDEX memberships_organization ON memberships (organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX memberships_role ON memberships (role);

-- +goose Down
DROP TABLE memberships;
