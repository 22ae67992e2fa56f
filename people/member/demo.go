package member

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/id"
	"withus.example/platform/kit"
)

//go:embed demo/names.json
var demoNames []byte

// demoRoles are the example people one can sign in as, before all the others.
var demoRoles = []struct {
	name, role string
	is         access.Role
}{
	{"organiser", "organiser", access.Member},
	{"organiser2", "organiser", access.Member},
	{"member", "member", access.Member},
	{"supporter", "supporter", access.Supporter},
	{"moderator", "moderator", access.Moderator},
	{"team", "team", access.Team},
	{"team2", "team", access.Team},
}

// demo makes invented people. Their passwords are signin's business.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	var names []Persona
	if err := json.Unmarshal(demoNames, &names); err != nil {
		return err
	}
	langs := []string{"en", "es", "fr", "ar"}
	now := time.Now()
	const batch = 500
	var as []Account
	var ps []Persona
	flush := func() error {
		err := bulk(ctx, s.db, as, ps, now)
		as, ps = as[:0], ps[:0]
		return err
	}
	for i := range max(d.Members, len(demoRoles)) {
		p := names[i%len(names)]
		p.ID = id.New(ctx)
		if i >= len(names) {
			p.Name, p.Words = fmt.Sprintf("%s %d", p.Name, i/len(names)+1), ""
		}
		a := Account{ID: id.New(ctx), Role: access.Member, Lang: langs[d.Rand.IntN(len(langs))], Email: fmt.Sprintf("person%d@withus.example", i+1)}
		if d.Rand.IntN(8) == 0 {
			a.Role = access.Supporter
		}
		if i < len(demoRoles) {
			r := demoRoles[i]
			a.Role, a.Lang, a.Email, a.Proven = r.is, "en", r.name+"@withus.example", true
			d.People = append(d.People, kit.Person{Role: r.role, Email: a.Email, Persona: p.ID, Member: a.ID})
		}
		d.Personas = append(d.Personas, p.ID)
		as, ps = append(as, a), append(ps, p)
		if len(as) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
