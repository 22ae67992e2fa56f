package member

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/record"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// kindThing is a kind of membership as its history knows it.
func kindThing(kind access.Role) record.Thing {
	return record.Thing{Room: "member", ID: "kind-" + string(kind)}
}

// KindHistory gives the changes of a kind before one, newest first, to the network
// team, with what their authors are called. more says whether there are older ones.
func (s *Service) KindHistory(ctx context.Context, v *access.Viewer, kind access.Role, before int) (past []record.Past, names map[string]string, more bool, err error) {
	if err := v.Need(welcoming, ""); err != nil {
		return nil, nil, false, err
	}
	past, more, err = record.History[Kind](ctx, s.db, kindThing(kind), before)
	if err != nil {
		return nil, nil, false, err
	}
	names, err = s.Names(ctx, v, record.Authors(past))
	return past, names, more, err
}

// RestoreKind brings back what a kind was, as a new revision. If there is a newer one
// than the one it was asked from, it is a Conflict.
func (s *Service) RestoreKind(ctx context.Context, v *access.Viewer, kind access.Role, n, from int) error {
	return s.changeKind(ctx, v, kind, from, "member.kinds.changed-history", func(ctx context.Context, tx *db.Tx) (k Kind, err error) {
		old, err := record.Get(ctx, tx, kindThing(kind), n)
		if errors.Is(err, db.ErrNone) {
			return k, fault.Missing()
		}
		if err == nil {
			err = json.Unmarshal(old.Body, &k)
		}
		return k, err
	})
}

// changeKind is the one way a kind changes. What is the same afterwards leaves no
// trace; with the first change it is kept, too, how it began.
func (s *Service) changeKind(ctx context.Context, v *access.Viewer, kind access.Role, from int, conflict string, to func(ctx context.Context, tx *db.Tx) (Kind, error)) error {
	if err := v.Need(welcoming, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		ks, err := s.Kinds(ctx, tx)
		if err != nil {
			return err
		}
		was, ok := ks[kind]
		if !ok {
			return fault.Missing()
		}
		if was.Revision != from {
			return fault.New(fault.Conflict, conflict)
		}
		k, err := to(ctx, tx)
		if err == nil {
			k.Kind, k.Revision = kind, was.Revision
			err = k.Validate()
		}
		if err != nil || k == was {
			return err
		}
		states := []Kind{k}
		if from == 0 {
			states = []Kind{was, k}
		}
		for _, state := range states {
			author := v.Persona
			if state == was {
				author = "" // nobody of the team chose it
			}
			body, err := json.Marshal(state)
			if err != nil {
				return err
			}
			k.Revision++
			if err := record.Add(ctx, tx, kindThing(kind), record.Revision{N: k.Revision, Author: author, At: s.now(), Body: body}); err != nil {
				return err
			}
		}
		n, err := updateKind(ctx, tx, k, from)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, conflict)
		}
		if err == nil && k.Renews == 0 {
			err = forgetAsked(ctx, tx, rolesOf(k.Kind))
		}
		return err
	})
}

func (s *Service) kindPages() []web.Route {
	return []web.Route{
		web.Get("/desk/kinds/{kind}/history", welcoming, s.showKindHistory).Reads("before"),
		web.Do("/desk/kinds/{kind}/restore", welcoming, s.saveRestoreKind, "revision", "from"),
	}
}

func (s *Service) showKindHistory(r *web.Request) (*web.Answer, error) {
	k, err := s.kind(r)
	if err != nil {
		return nil, err
	}
	before, _ := strconv.Atoi(r.Page.Query.Get("before")) // anything else is the beginning
	past, names, more, err := s.KindHistory(r.Context(), r.Viewer, k.Kind, before)
	if err != nil {
		return nil, err
	}
	older := ""
	if more {
		older = k.path() + "/history?before=" + strconv.Itoa(past[len(past)-1].N)
	}
	var all []ui.Change
	for _, x := range past {
		c := ui.Change{N: x.N, At: x.At, By: r.Page.By(names[x.Author], "member.kinds.history.nobody"), What: r.Page.T("member.kinds.history.first")}
		if x.N > 1 {
			c.What = r.Page.Changed("member.field.", x.Changed)
		}
		all = append(all, c)
	}
	return web.Show(kindHistoryView(r.Page, k, all, older, r.FormKey()))
}

func (s *Service) saveRestoreKind(r *web.Request, f *ui.Form) (web.Next, error) {
	k, err := s.kind(r)
	if err != nil {
		return web.Next{}, err
	}
	n, err1 := strconv.Atoi(f.Get("revision"))
	from, err2 := strconv.Atoi(f.Get("from"))
	if err1 != nil || err2 != nil {
		return web.Next{}, fault.Missing()
	}
	return web.Next{To: "/desk/kinds", Done: "member.kinds.restored.done"}, s.RestoreKind(r.Context(), r.Viewer, k.Kind, n, from)
}
