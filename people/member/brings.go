package member

import (
	"context"
	"net/url"
	"time"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/id"
	"withus.example/platform/ui"
)

// A group joins by somebody who brings it. They are a member or a supporter
// themselves, as they say; once the answer is yes, the group has a page that is
// theirs to look after, and nobody else sees it until they show it.

// Group is the kind of membership of those who bring a group. Nobody has it as
// their role.
const Group access.Role = "group"

// NewGroup is what somebody says of the group they bring. It is another name for
// a bare struct, and no type of its own: rooms do not import each other, and this
// way the room of the groups means the same.
type NewGroup = struct {
	Name, Form, About, Area, Country, ForWords string
	For                                        []string
	Lang                                       string // the words are written in
}

// found makes the page of the group that somebody brought, who is welcome now. It
// is looked after by a name made for it, as which they act from now on: the team
// knows from their application whose address brought the group, and reads under
// which name its page is changed. It must not be one that they use elsewhere.
func (s *Service) found(ctx context.Context, tx *db.Tx, member string, x Application) error {
	if x.Kind != Group {
		return nil
	}
	l := s.langs.For(x.Lang)
	p := Persona{ID: id.New(ctx), Name: l.T("member.bring.as", "what", x.Brings.Name)}
	likely, err := nameTaken(ctx, tx, likeness(p.Name), "", time.Now())
	if err != nil {
		return err
	}
	if likely || p.Validate() != nil || mixed(p.Name) {
		p.Name = l.T("member.unnamed")
	}
	err = insertPersona(ctx, tx, member, p, time.Now(), false)
	if err == nil {
		err = s.hold(ctx, tx, p.ID, p.Name)
	}
	if err == nil {
		err = act(ctx, tx, member, p.ID)
	}
	if err != nil {
		return err
	}
	tx.Changed("member")
	return s.groups.Found(ctx, tx, x.Brings, p.ID)
}

// groupFields are the names of those questions.
var (
	groupFields = []string{"name", "form", "about", "area", "country"}
	whomFields  = []string{"for", "forWords"}
)

// fillGroup and fillWhom put what was said into the form, setGroup and setWhom
// take it from there.
func fillGroup(a *Answers) url.Values {
	g := a.Group
	out := url.Values{"name": {g.Name}, "form": {g.Form}, "about": {g.About}, "area": {g.Area}, "country": {g.Country}}
	if a.Led {
		out.Set("led", "yes")
	}
	return out
}

func setGroup(a *Answers, f *ui.Form) {
	g := &a.Group
	g.Name, g.Form, g.About, g.Area, g.Country, g.Lang = f.Get("name"), f.Get("form"), f.Get("about"), f.Get("area"), f.Get("country"), a.Lang
	a.Led = f.Has("led", "yes")
}

func fillWhom(a *Answers) url.Values {
	return url.Values{"for": a.Group.For, "forWords": {a.Group.ForWords}}
}

func setWhom(a *Answers, f *ui.Form) {
	a.Group.For, a.Group.ForWords = f.Values["for"], f.Get("forWords")
}
