package main

import (
	"context"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/tenants"
)

// scaled gives the call's first criterion a scale of its own in half points with a threshold, and says what its points mean.
func (s *stage) scaled(ctx context.Context, sc tenants.Scope, c programs.Call, version int64) error {
	k := c.Criteria[0]
	k.Lowest, k.Highest, k.Halves, k.Threshold = 1, 5, true, 2.5
	k.Points = []blueprints.Meaning{
		{Value: "1", Label: i18n.Text{i18n.EN: "A wish without a problem behind it", i18n.TR: "Arkasında sorun olmayan bir dilek", i18n.DE: "Ein Wunsch ohne Problem dahinter"}},
		{Value: "3", Label: i18n.Text{i18n.EN: "A real problem, told in general terms", i18n.TR: "Gerçek bir sorun, genel sözlerle anlatılmış", i18n.DE: "Ein wirkliches Problem, allgemein beschrieben"}},
		{Value: "5", Label: i18n.Text{i18n.EN: "Concrete and honest, felt by several people", i18n.TR: "Somut ve dürüst, birden çok kişinin hissettiği", i18n.DE: "Konkret und ehrlich, von mehreren gespürt"}},
	}
	return s.app.programs.SetCriterion(ctx, sc, c.ID, version, k, "")
}
