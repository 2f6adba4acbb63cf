package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/programs"
	"kervan/tenants"
)

// papers lets somebody hand in the documents of a sheet, through the program as a page without a script does.
func (s *stage) papers(ctx context.Context, at time.Time, by *member, sheet ids.Sheet, all []demo.Paper) error {
	sc, err := s.as(at, by.actor)
	if err != nil {
		return err
	}
	for _, p := range all {
		file, err := p.Write()
		if err != nil {
			return err
		}
		d, err := s.app.documents.Receive(ctx, sc, sheet, forms.Asked{Question: p.Question, Name: p.Name, Size: int64(len(file)), Type: "application/pdf"}, bytes.NewReader(file))
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		if d.State != documents.Clean {
			return fmt.Errorf("%s is %s: %s", p.Name, d.State, d.Reason)
		}
	}
	return nil
}

// lends lets a call's form offer the letter of a partnership to be filled in, in each language of the network. A form that asks
// for no such letter offers none.
func (s *stage) lends(ctx context.Context, sc tenants.Scope, id ids.Call, at time.Time) error {
	for _, l := range s.tenant.Locales {
		letter := s.world.BlankLetter(s.app.catalog, s.tenant.Name, l, at)
		file, err := letter.Write()
		if err != nil {
			return err
		}
		err = s.app.programs.Offer(ctx, sc, id, letter.Question, l, programs.Brought{Name: letter.Name, Size: int64(len(file)), Content: bytes.NewReader(file)})
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return fmt.Errorf("%s: %w", letter.Name, err)
		}
	}
	return nil
}
