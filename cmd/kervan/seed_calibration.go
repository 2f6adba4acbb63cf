package main

import (
	"context"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

// sampled are the texts of a sample in the order of the form's sections, which the coordinators of the demonstration write.
var sampled = []string{
	"Ein Nachbarschaftsverein mit zwei Angestellten und dreißig Ehrenamtlichen in einer Kreisstadt. Er betreibt seit elf Jahren ein offenes Haus; im letzten Jahr haben sich drei Projekte halbiert, weil niemand da war, der sie weiterführt.",
	"Wer neu kommt, bleibt im Schnitt fünf Monate. Wir haben es mit Patenschaften versucht und mit einem Handbuch; gelesen hat es kaum jemand. Der Vorstand hat im Mai beschlossen, die Begleitung der Ehrenamtlichen zur Aufgabe einer halben Stelle zu machen.",
	"Zwei Besuche von je einer Woche, dazwischen eine Probezeit im eigenen Haus. Danach soll es einen Ablauf für die ersten hundert Tage geben, den beide Seiten benutzen.",
	"Wir suchen eine Organisation, die selbst mit Ehrenamtlichen arbeitet. Was wir geben können, haben wir noch nicht besprochen.",
	"4.000 Euro, davon die Hälfte für Reisen. Für Dolmetschen ist nichts vorgesehen.",
}

// referred are the reference's scores by criterion and why, the last one for whatever else there is.
var referred = []struct {
	score  float64
	reason string
}{
	{8, "Das Problem ist benannt, beziffert und im Alltag zu sehen; zwei Versuche sind ehrlich geschildert."},
	{7, "Der Vorstand hat beschlossen und eine halbe Stelle vorgesehen. Wer sie bekommt, steht nicht da."},
	{6, "Die Besuche folgen einem Ziel, und zwischen ihnen ist Arbeit im eigenen Haus. Woran man den Erfolg merkt, bleibt offen."},
	{4, "Was die andere Seite davon hat, fehlt."},
	{5, "Machbar, aber das Dolmetschen ist vergessen."},
}

// calibrated lets all but the last of the reviewers score a sample that the coordinators have written.
func (j *judged) calibrated(ctx context.Context, at time.Time) error {
	s := j.stage
	sc, err := s.as(at, s.one(tenants.RoleCoordinator))
	if err != nil {
		return err
	}
	id, err := s.app.selection.PrepareSample(ctx, sc, j.call, selection.Preparing{Language: i18n.DE})
	if err != nil {
		return err
	}
	b, err := s.app.selection.CalibrationBoard(ctx, sc, id)
	if err != nil {
		return err
	}
	texts := make([]string, len(b.Passages))
	copy(texts, sampled)
	sample := selection.Sample{Title: "Ein Verein, dem die Neuen davonlaufen", Texts: texts}
	if err := s.app.selection.WriteSample(ctx, sc, id, b.Version, sample); err != nil {
		return err
	}
	if _, err := s.app.selection.Refer(ctx, sc, id, sampleMarks(b.About, func(i int) (float64, string) { return referred[i].score, referred[i].reason })); err != nil {
		return err
	}
	if err := s.app.selection.OpenCalibration(ctx, sc, id, selection.Opening{Version: b.Version + 1, Checked: true}); err != nil {
		return err
	}
	reviewers := s.members[tenants.RoleReviewer]
	for n, reviewer := range reviewers[:len(reviewers)-1] {
		s.at(at.Add(time.Duration(20+7*n)*time.Hour), "score the sample", func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, reviewer)
			if err != nil {
				return err
			}
			return s.scoresSample(ctx, sc, id, n)
		})
	}
	return nil
}

func (s *stage) scoresSample(ctx context.Context, sc tenants.Scope, id ids.Calibration, n int) error {
	v, err := s.app.selection.Calibrating(ctx, sc, id)
	if fault.Is(err, fault.KindNotFound) {
		return nil // has nothing to review in this call
	}
	if err != nil {
		return err
	}
	typed := sampleMarks(v.About, func(i int) (float64, string) {
		apart := []float64{-1, 1, 0, 2, -2}[(n+2*i)%5]
		return min(max(referred[i].score+apart, 0), 10), ""
	})
	if _, _, err := s.app.selection.SaveScores(ctx, sc, id, typed); err != nil {
		return err
	}
	return s.app.selection.SubmitScores(ctx, sc, id)
}

// sampleMarks scores each criterion, on its own scale; what is said is for a scale up to ten.
func sampleMarks(call selection.Call, say func(i int) (float64, string)) []selection.Typed {
	var typed []selection.Typed
	for i, k := range call.Criteria {
		score, words := say(min(i, len(referred)-1))
		scores := k.Scale(call.Review.ScoreMax).Scores()
		at := int(score / 10 * float64(len(scores)-1))
		typed = append(typed, selection.Typed{Ref: k.Key, Score: scores[min(max(at, 0), len(scores)-1)], Feedback: words})
	}
	return typed
}
