package programs

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/policies"
	"kervan/tenants"
)

// MostQuotas is for how many countries a call has quotas at most.
const MostQuotas = 40

// mostOfQuota is the most that a quota allows, as there are no more places.
const mostOfQuota = 1000

// Limit sets the quotas of a draft. Coordinators and officers may. Faults: Invalid by field (each, and country_ and most_
// with the place among the named ones), Conflict when it is published or has been changed, NotFound.
func (s *Service) Limit(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, quotas []blueprints.Quota) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(_ context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		if bad := checkQuotas(quotas, asTheyStand); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.Quotas = quotas
		tx.Audit(entry("call.limited", id))
		return nil
	})
}

// checkQuotas says what is wrong with quotas, by the names of the page's fields; row is where on it a named one stands.
func checkQuotas(quotas []blueprints.Quota, row func(named int) int) []fault.Field {
	if len(quotas) > MostQuotas {
		return []fault.Field{fault.At("each", "fault.bad_request")}
	}
	var bad []fault.Field
	seen, named := map[string]bool{}, 0
	for _, q := range quotas {
		country, most := "each", "each"
		if q.Country != "" {
			at := "_" + strconv.Itoa(row(named))
			country, most = "country"+at, "most"+at
			named++
			if _, known := geo.ParseCountry(q.Country); !known {
				bad = append(bad, fault.At(country, "fault.choose"))
			}
		}
		if seen[q.Country] {
			bad = append(bad, fault.At(country, "programs.quotas.twice"))
		}
		seen[q.Country] = true
		if q.Most < 1 || q.Most > mostOfQuota {
			bad = append(bad, fault.AtWith(most, "programs.between", fault.Args{"Low": 1, "High": mostOfQuota}))
		}
	}
	return bad
}

func asTheyStand(named int) int { return named }

// parted are the quota of each country, if there is one, and those of countries that are named.
func parted(quotas []blueprints.Quota) (each int, named []blueprints.Quota) {
	for _, q := range quotas {
		if q.Country == "" {
			each = q.Most
		}
	}
	return each, slices.DeleteFunc(slices.Clone(quotas), func(q blueprints.Quota) bool { return q.Country == "" })
}
