package claim

import (
	"github.com/a-h/templ"

	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// askLimit is how many groups somebody may ask in a day whether they are known.
var askLimit = web.Limit{Name: "claim.groups", Most: 10, Per: beginLimit.Per}

// ownPages are for those who claim, and for those who are asked.
func (s *Service) ownPages() []web.Route {
	return []web.Route{
		web.Get("/claims", claiming, s.showMine),
		web.Do("/claims/withdraw", claiming, s.saveWithdraw, "claim"),
		web.Do("/claims/answer", claiming, s.saveAnswer, "claim", "group", "answer"),
		web.FormAt("/claim/{slug}", claiming, web.Form{Fields: []string{"part", "words"}, Show: s.showOwn, Save: s.saveBegin}),
		web.Do("/claim/{slug}/send", claiming, s.saveSend),
		web.FormAt("/claim/{slug}/code", claiming, web.Form{Fields: []string{"code"}, Show: s.showCode, Save: s.saveCode}),
		web.Get("/claim/{slug}/groups", claiming, s.showGroups).Reads("q"),
		web.Do("/claim/{slug}/ask", claiming, s.saveAsk, "group"),
	}
}

// keyed is something on a page with the key of its own form.
type keyed[T any] struct {
	Is  T
	Key string
}

func keys[T any](r *web.Request, all []T) (out []keyed[T]) {
	for _, x := range all {
		out = append(out, keyed[T]{x, r.FormKey()})
	}
	return out
}

// showMine is what somebody asked for, and what they are asked.
func (s *Service) showMine(r *web.Request) (*web.Answer, error) {
	asked, err := s.Asked(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	theirs, err := s.Theirs(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	mine, err := s.Mine(r.Context(), r.Viewer)
	if err != nil {
		return nil, err
	}
	return web.Show(mineView(r.Page, keys(r, asked), theirs, keys(r, mine)))
}

func (s *Service) saveWithdraw(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/claims", Done: "claim.withdraw.done"}, s.Withdraw(r.Context(), r.Viewer, f.Get("claim"))
}

func (s *Service) saveAnswer(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/claims", Done: "claim.answer.done"}, s.Answer(r.Context(), r.Viewer, f.Get("claim"), f.Get("group"), f.Get("answer") == "yes")
}

// showOwn is how a claim stands; the form to begin one where there is none.
func (s *Service) showOwn(r *web.Request, f *ui.Form) (templ.Component, error) {
	slug := r.PathValue("slug")
	c, err := s.Own(r.Context(), r.Viewer, slug)
	if err == nil {
		why, err := s.kept(r.Context(), r.Viewer, c.Claim, *c.Of)
		return ownView(r.Page, f, *c, why, r.FormKey()), err
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	g, err := s.groups.ClaimedAt(r.Context(), s.db, r.Viewer, slug)
	if err == nil {
		err = s.claimable(r.Context(), s.db, r.Viewer, g)
	}
	if err != nil {
		return nil, err
	}
	return beginView(r.Page, f, g, "/groups/"+g.Slug, false), nil
}

func (s *Service) saveBegin(r *web.Request, f *ui.Form) (web.Next, error) {
	slug := r.PathValue("slug")
	g, err := s.groups.ClaimedAt(r.Context(), s.db, r.Viewer, slug)
	if err == nil {
		err = s.claimable(r.Context(), s.db, r.Viewer, g)
	}
	if err != nil {
		return web.Next{}, err
	}
	if err := beginLimit.Take(r.Context(), s.db, r.Viewer.Persona, s.now()); err != nil {
		return web.Next{}, err
	}
	c, err := s.Begin(r.Context(), r.Viewer, slug, Ask{Part(f.Get("part")), f.Get("words")})
	if err != nil {
		return web.Next{}, err
	}
	if c.State == KeptOut {
		return institution(slug), nil
	}
	return web.Next{To: "/claim/" + slug, Done: "claim.begin.done"}, nil
}

func (s *Service) saveSend(r *web.Request, _ *ui.Form) (web.Next, error) {
	slug := r.PathValue("slug")
	return web.Next{To: "/claim/" + slug + "/code", Done: "claim.code.done"}, s.SendCode(r.Context(), r.Viewer, slug)
}

func (s *Service) showCode(r *web.Request, f *ui.Form) (templ.Component, error) {
	c, err := s.Own(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return codeView(r.Page, f, *c), nil
}

func (s *Service) saveCode(r *web.Request, f *ui.Form) (web.Next, error) {
	slug := r.PathValue("slug")
	if err := s.TryCode(r.Context(), r.Viewer, slug, f.Get("code")); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/claims", Done: "claim.code.right.done"}, nil
}

// showGroups is where a claimer looks for groups that know them.
func (s *Service) showGroups(r *web.Request) (*web.Answer, error) {
	c, err := s.Own(r.Context(), r.Viewer, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	words := r.Page.Query.Get("q")
	var may []Group
	if words != "" {
		gs, err := s.groups.FindClaimed(r.Context(), r.Viewer, words)
		if err != nil {
			return nil, err
		}
		for _, g := range gs {
			if mayVouch(c.Claim, g) && len(may) < mostFound {
				may = append(may, g)
			}
		}
	}
	return web.Show(groupsView(r.Page, *c, words, keys(r, may)))
}

func (s *Service) saveAsk(r *web.Request, f *ui.Form) (web.Next, error) {
	slug := r.PathValue("slug")
	if _, err := s.Own(r.Context(), r.Viewer, slug); err != nil {
		return web.Next{}, err
	}
	if err := askLimit.Take(r.Context(), s.db, r.Viewer.Persona, s.now()); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: "/claim/" + slug, Done: "claim.vouch.done"}, s.AskGroup(r.Context(), r.Viewer, slug, f.Get("group"))
}
