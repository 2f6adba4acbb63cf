package selection_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kervan/modules/ids"
	"kervan/modules/selection"
	"kervan/tenants"
)

// singles are the rows of the file, without its head.
func (h *house) singles(t *testing.T, who tenants.Scope) [][]string {
	t.Helper()
	b := h.SignedIn(t, who.Actor())
	b.Get("/selection/" + h.call.ID.String() + "/reviews?format=csv")
	b.Want(200)
	rows, err := csv.NewReader(strings.NewReader(b.Page.Body)).ReadAll()
	must(t, err)
	if len(rows) == 0 {
		t.Fatal("the file has no head")
	}
	return rows[1:]
}

// TestSingleReviewsLeaveAsAFile holds what is in it, for whom, and that nothing in it is a formula.
func TestSingleReviewsLeaveAsAFile(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Okur Bir", tenants.RoleReviewer), h.role(t, "Okur İki", tenants.RoleReviewer)
	chair := h.role(t, "Otto", tenants.RoleChair)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Zeytin")
	first := h.assign(t, a, one, two)
	second := h.assign(t, b, two, chair)
	h.write(t, one, first[0], 8, "=HYPERLINK(1)")
	h.does(t, "UPDATE review_marks SET feedback = '=1+1 ' || feedback")
	h.does(t, "UPDATE reviews SET comment = '@SUM(1) mine'")
	must(t, h.service.Submit(t.Context(), one, first[0]))
	h.write(t, two, first[1], 4, "DRAFT")
	h.write(t, two, second[0], 6, "SECOND")
	must(t, h.service.Submit(t.Context(), two, second[0]))
	each := len(h.call.Criteria) + 1
	rows := h.singles(t, coordinator)
	if len(rows) != 2*each {
		t.Fatalf("%d rows, want %d: one for each criterion and one for the comment", len(rows), 2*each)
	}
	for i, row := range rows[:each] {
		if row[0] != a.Number || row[1] != a.Name() || row[2] != "Okur Bir" || row[3] == "" || row[4] == "" {
			t.Errorf("row %v", row)
		}
		if i < each-1 && (row[5] != h.call.Criteria[i].Name["en"] || row[7] != "8" || !strings.HasPrefix(row[10], "'=1+1 ")) {
			t.Errorf("a criterion: %v", row)
		}
		if i == each-1 && (row[7] != "" || row[10] != "'@SUM(1) mine") {
			t.Errorf("the comment: %v", row)
		}
	}
	if slices.ContainsFunc(rows, func(row []string) bool { return strings.Contains(row[10], "DRAFT") }) {
		t.Error("a review that is not submitted is in the file")
	}
	about := func(rows [][]string, number string) int {
		n := 0
		for _, row := range rows {
			if row[0] == number {
				n++
			}
		}
		return n
	}
	if rows := h.singles(t, chair); about(rows, a.Number) != each || about(rows, b.Number) != 0 {
		t.Error("the chair reads reviews of what the chair owes a review of")
	}
	must(t, h.service.DeclareConflict(t.Context(), officer, a.ID, selection.Declaration{Kind: selection.ConflictWork}))
	if rows := h.singles(t, officer); about(rows, a.Number) != 0 || about(rows, b.Number) != each {
		t.Error("whoever has a conflict of interest reads the reviews in the file")
	}
	must(t, h.service.Talk(t.Context(), coordinator, h.call.ID, selection.Talk{On: true}))
	for _, row := range h.singles(t, coordinator) {
		want := "Reviewer A"
		if row[2] != want {
			t.Errorf("the reviewer of %s is called %q", row[0], row[2])
		}
	}
	book := h.SignedIn(t, coordinator.Actor())
	book.Get("/selection/" + h.call.ID.String() + "/ranking")
	book.Want(200, "Single reviews")
	book.Get("/selection/" + h.call.ID.String() + "/reviews?format=xlsx")
	book.Want(200)
	file, err := excelize.OpenReader(bytes.NewReader([]byte(book.Page.Body)))
	must(t, err)
	sheet := file.GetSheetName(0)
	cells, err := file.GetRows(sheet)
	must(t, err)
	if len(cells) != 2*each+1 {
		t.Errorf("%d rows in the workbook", len(cells))
	}
	if formula, err := file.GetCellFormula(sheet, "K2"); err != nil || formula != "" {
		t.Errorf("a formula: %q, %v", formula, err)
	}
	book.Get("/selection/" + h.call.ID.String() + "/reviews?format=pdf")
	book.Want(200, "Single reviews", "Ranking")
	book.Get("/selection/" + ids.New[ids.Call]().String() + "/reviews?format=csv")
	book.Want(404)
	for name, sc := range map[string]tenants.Scope{"a reviewer": one, "finance": h.role(t, "Para", tenants.RoleFinance), "a facilitator": h.role(t, "Yol", tenants.RoleFacilitator)} {
		v := h.SignedIn(t, sc.Actor())
		if page := v.Get("/selection/" + h.call.ID.String() + "/reviews?format=csv"); page.Status != 404 {
			t.Errorf("%s: %d", name, page.Status)
		}
	}
}
