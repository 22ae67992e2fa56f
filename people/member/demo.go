package member

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/i18n"
	"withus.example/platform/id"
	"withus.example/platform/kit"
	"withus.example/platform/media"
)

//go:embed demo/names.json
var demoNames []byte

//go:embed demo/wants.json
var demoWants []byte

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
	{"asked", "asked", access.Member}, // just now, whether they stay
	{demoLogin, "nomail", access.Member},
}

// demoLogin is the sign-in name of the one who has no address.
const demoLogin = "willow kettle 4827"

// demo makes invented people. Their passwords are signin's business.
func (s *Service) demo(ctx context.Context, d *kit.Demo) error {
	var names []Persona
	if err := i18n.Unmarshal(demoNames, &names); err != nil {
		return err
	}
	langs := []string{"en", "es", "fr", "ar"}
	now := time.Now()
	const batch = 500
	var as []Account
	var ps []Persona
	var counted []string // of those nobody signs in as
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
		a := Account{ID: id.New(ctx), Role: access.Member, Standing: In, Lang: langs[d.Rand.IntN(len(langs))], Email: fmt.Sprintf("person%d@withus.example", i+1)}
		if d.Rand.IntN(5) == 0 {
			a.Role = access.Supporter
		}
		if i < len(demoRoles) {
			r := demoRoles[i]
			a.RoleSince = db.Day(now.AddDate(0, -4, 0))
			a.Role, a.Lang, a.Email, a.Proven = r.is, "en", r.name+"@withus.example", true
			if r.role == "nomail" {
				a.Email, a.Login, a.Proven = "", r.name, false
			}
			if r.role == "asked" {
				a.Created = now.AddDate(-1, 0, -6)
			}
			d.People = append(d.People, kit.Person{Role: r.role, Email: cmp.Or(a.Email, a.Login), Persona: p.ID, Member: a.ID})
		} else {
			years := []int{0, 1, 0, 4, 2, 0, 1, 0, 3, 1, 0, 2, 0, 5, 0, 1, 0, 8, 2, 0}[i%20]
			a.Created, a.Renewed = now.AddDate(-years, 0, -i%300), db.Day(now)
			a.Country = []string{"GB", "FR", "GB", "EG", "", "GB", "ES", "GB", "FR", "KE", "GB", "FR", "MX"}[i%13]
			if i < 300 && i%8 > 0 {
				counted = append(counted, a.ID)
			}
		}
		d.Personas = append(d.Personas, p.ID)
		as, ps = append(as, a), append(ps, p)
		if len(as) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if err := errors.Join(s.demoPictures(ctx, d), s.demoApplicants(ctx, d)); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, member := range counted {
			if err := s.consents.Give(ctx, tx, member, Counted, "en", byForm); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.recount(ctx)
}

// demoPictures give some of the example people patterns drawn here.
func (s *Service) demoPictures(ctx context.Context, d *kit.Demo) error {
	if s.pictures.Store == nil {
		return nil
	}
	for i, p := range d.People {
		if i > 2 && i%2 == 1 {
			continue
		}
		var drawn bytes.Buffer
		if err := png.Encode(&drawn, media.Pattern(uint64(100+i), 2*media.Face, 2*media.Face)); err != nil {
			return err
		}
		made, err := s.pictures.Read(ctx, drawn.Bytes(), "picture")
		if err != nil {
			return err
		}
		err = s.pictures.Keep(ctx, made, func(ctx context.Context, tx *db.Tx, key string) error {
			return putPicture(ctx, tx, p.Persona, key, s.langs.First().T("member.picture.demo"))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// demoMessages lets somebody have been answered twice, and have read it once.
func (s *Service) demoMessages(ctx context.Context, tx *db.Tx, member string) error {
	l := s.langs.First()
	for i, days := range []int{40, 3} {
		m := Message{ID: id.New(ctx), At: time.Now().AddDate(0, 0, -days), Fresh: i == 1, Says: Says{Lang: l.Code, Subject: l.T("member.answer.subject"),
			Paragraphs: []string{l.T("member.answer.text")}, Label: l.T("member.answer.look"), Path: "/you"}}
		if err := insertMessage(ctx, tx, member, m); err != nil {
			return err
		}
	}
	return nil
}

// applicant is somebody who wants to join the demo network.
type applicant struct {
	As      string      `json:"as"` // the example they are, "" if none
	Name    string      `json:"name"`
	Other   string      `json:"other"` // another name of theirs, "" if none
	Kind    access.Role `json:"kind"`
	Lang    string      `json:"lang"`
	Country string      `json:"country"`
	Does    []string    `json:"does"`
	Own     string      `json:"own"`
	Words   string      `json:"words"`
	Met     string      `json:"met"`
	State   State       `json:"state"`
	Away    access.Role `json:"away"` // what keeps them out, once welcomed
	Talked  bool        `json:"talked"`
	Reason  string      `json:"reason"`
	Days    int         `json:"days"` // since they asked
	Brings  NewGroup    `json:"brings"`
}

// role is what an example is in the network: whoever brings a group is a member.
func role(kind access.Role) access.Role {
	a := Answers{Kind: kind, Lived: true}
	return a.role()
}

// DemoVouching has two groups asked about the one that somebody brings, when all of
// them are there, and one of them say yes.
func (s *Service) DemoVouching(ctx context.Context, d *kit.Demo) error {
	by := map[string]kit.Person{}
	for _, p := range d.People {
		by[p.Email] = p
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := applicationOf(ctx, tx, by["bringing@withus.example"].Member)
		if err != nil {
			return err
		}
		asked := map[string]bool{}
		for _, who := range []string{"organiser@withus.example", "organiser2@withus.example"} {
			held, err := access.Held(ctx, tx, by[who].Persona, access.Organiser)
			if err != nil {
				return err
			}
			gs, err := s.groups.Vouchers(ctx, tx, held)
			gs = slices.DeleteFunc(gs, func(g Voucher) bool { return asked[g.ID] }) // they look after some together
			if err != nil || len(gs) == 0 {
				return err
			}
			asked[gs[0].ID] = true
			if err := insertVouch(ctx, tx, Vouch{Application: x.ID, Group: gs[0].ID, Asked: db.Day(x.Asked)}); err != nil {
				return err
			}
			if who == "organiser2@withus.example" {
				if _, err := answerVouch(ctx, tx, x.ID, gs[0].ID, "yes", by[who].Persona); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// demoApplicants lets invented people ask to join, and the example members agree
// to what people agree to. None of those who ask is among the members other
// rooms make things with.
func (s *Service) demoApplicants(ctx context.Context, d *kit.Demo) error {
	var all []applicant
	if err := i18n.Unmarshal(demoWants, &all); err != nil {
		return err
	}
	members := d.People
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, p := range members {
			if p.Role == "asked" {
				if err := putAsked(ctx, tx, p.Member, &asked{1, db.Day(time.Now().AddDate(0, 0, -5))}); err != nil {
					return err
				}
			}
			if p.Role == "nomail" {
				if err := s.demoMessages(ctx, tx, p.Member); err != nil {
					return err
				}
			}
			for _, purpose := range []string{Membership, Counted} {
				if err := s.consents.Give(ctx, tx, p.Member, purpose, "en", byForm); err != nil {
					return err
				}
			}
		}
		by := map[string]kit.Person{}
		for _, p := range members {
			by[p.Email] = p
		}
		if err := putRoleWish(ctx, tx, RoleWish{Member: by["supporter@withus.example"].Member, Role: access.Moderator,
			Day: db.Day(time.Now().AddDate(0, 0, -2)), asker: by["team2@withus.example"].Persona}); err != nil {
			return err
		}
		for i, w := range all {
			asked := time.Now().AddDate(0, 0, -w.Days)
			a := Account{ID: id.New(ctx), Role: role(w.Kind), Standing: access.Pending, Lang: w.Lang, Email: fmt.Sprintf("applicant%d@withus.example", i+1),
				Created: asked, Proven: true, Country: w.Country, Does: w.Does, Own: w.Own}
			if w.State == Welcomed {
				a.Standing = cmp.Or(w.Away, In)
			}
			p := Persona{ID: id.New(ctx), Name: w.Name}
			if w.As != "" {
				a.Email = w.As + "@withus.example"
				d.People = append(d.People, kit.Person{Role: w.As, Email: a.Email, Persona: p.ID, Member: a.ID})
			}
			if err := insert(ctx, tx, a, p); err != nil {
				return err
			}
			if err := s.hold(ctx, tx, p.ID, p.Name); err != nil {
				return err
			}
			if w.Other != "" {
				other := Persona{ID: id.New(ctx), Name: w.Other}
				if err := insertPersona(ctx, tx, a.ID, other, asked, false); err != nil {
					return err
				}
				if err := s.hold(ctx, tx, other.ID, other.Name); err != nil {
					return err
				}
			}
			if err := insertApplication(ctx, tx, a.ID, Application{ID: id.New(ctx), Kind: w.Kind, Met: w.Met, State: w.State, Talked: w.Talked,
				Words: w.Words, Reason: w.Reason, Asked: asked, Changed: asked, Brings: w.Brings}); err != nil {
				return err
			}
			if err := s.consents.Give(ctx, tx, a.ID, Membership, w.Lang, byForm); err != nil {
				return err
			}
		}
		return nil
	})
}
