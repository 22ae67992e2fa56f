package member

import (
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

var joinable = access.Permission{Name: "member.join", Anyone: true}

const joinPath = "/join"

// walk is the way in. What is said on it is kept for a week, for whoever has to
// stop, or until they throw it away.
var walk = web.Walk{Name: "join", Start: joinPath, Life: wantLife}

// question is a page of the way in that asks something, and how that is put
// into answers.
type question struct {
	fields []string
	fill   func(a *Answers) url.Values
	set    func(a *Answers, f *ui.Form)
	view   func(p *ui.Page, f *ui.Form, at *place) templ.Component
}

var questions = map[string]question{
	stepExperience: {[]string{"lived", "does", "own"}, func(a *Answers) url.Values {
		out := url.Values{"does": a.Does, "own": {a.Own}}
		if a.Lived {
			out.Set("lived", "yes")
		}
		return out
	}, func(a *Answers, f *ui.Form) {
		a.Lived, a.Does, a.Own = f.Has("lived", "yes"), f.Values["does"], f.Get("own")
	}, experienceView},
	stepGroup: {append([]string{"led"}, groupFields...), fillGroup, setGroup, groupView},
	stepWhom:  {whomFields, fillWhom, setWhom, whomView},
	stepName: {[]string{"name", "country", "lived"}, func(a *Answers) url.Values {
		out := url.Values{"name": {a.Name}, "country": {a.Country}}
		if a.Lived {
			out.Set("lived", "yes")
		}
		return out
	}, func(a *Answers, f *ui.Form) {
		a.Name, a.Country = f.Get("name"), f.Get("country")
		if a.Kind == Group { // others are asked at a step of its own
			a.Lived = f.Has("lived", "yes")
		}
	}, nameView},
	stepCounted: {[]string{"counted"}, func(a *Answers) url.Values {
		return url.Values{"counted": {a.Counted}}
	}, func(a *Answers, f *ui.Form) { a.Counted = f.Get("counted") }, countedView},
	stepReach: {[]string{"email", "words", "nomail", "login"}, func(a *Answers) url.Values {
		out := url.Values{"email": {a.Email}, "words": {a.Words}, "login": {a.LoginWords}}
		if a.NoMail {
			out.Set("nomail", "yes")
		}
		return out
	}, func(a *Answers, f *ui.Form) {
		if f.Get("login") != a.LoginWords {
			a.Login, a.Proved = "", false // it stands on the paper
		}
		a.Email, a.Words, a.NoMail, a.LoginWords = f.Get("email"), f.Get("words"), f.Has("nomail", "yes"), f.Get("login")
	}, reachView},
	stepDoor:  {[]string{"password"}, nobodySaid, func(*Answers, *ui.Form) {}, doorView},
	stepPaper: {[]string{"code"}, nobodySaid, func(*Answers, *ui.Form) {}, codesView},
}

// nobodySaid fills nothing in: what was typed there is told to nobody again.
func nobodySaid(*Answers) url.Values { return url.Values{} }

// joinPages are the addresses of the way in.
func (s *Service) joinPages() []web.Route {
	out := []web.Route{
		web.FormAt(joinPath, joinable, web.Form{Fields: []string{"kind", "next"}, Again: true, Fill: fillKind, Show: s.showKind, Save: s.saveKind}).Reads("next"),
		web.FormAt(joinPath+"/send", joinable, web.Form{Show: s.showSend, Save: s.saveSend}),
		web.Get(joinPath+"/sent", joinable, s.showSent),
		web.Do(joinPath+"/forget", joinable, saveForget),
		web.FormAt(joinPath+"/link/{token}", joinable, web.Form{Fields: []string{"lang"}, Again: true, Show: s.showLink, Save: s.saveLink}),
		web.FormAt(joinPath+"/again", applying, web.Form{Fields: []string{"words"}, Show: s.showAgain, Save: s.saveAgain}),
	}
	for _, name := range []string{stepExperience, stepGroup, stepWhom, stepName, stepCounted, stepReach, stepDoor, stepPaper} {
		q := questions[name]
		out = append(out, web.FormAt(joinPath+"/"+name, joinable, web.Form{Fields: q.fields, Secret: secretFields(name), Again: true,
			Fill: func(r *web.Request) (map[string][]string, error) {
				at, err := s.at(r, name)
				if err != nil {
					return nil, err
				}
				return q.fill(&at.Answers), nil
			},
			Show: func(r *web.Request, f *ui.Form) (templ.Component, error) {
				at, err := s.at(r, name)
				if err != nil {
					return nil, err
				}
				if name == stepGroup || name == stepWhom {
					at.Asked, at.Fields, err = s.groups.AskNew(r.Context(), r.Page, f, name == stepWhom)
				}
				if name == stepPaper {
					at.Asked = s.doors.AskPaper(r.Page, f, at.Login, at.Paper)
				}
				return q.view(r.Page, f, at), err
			},
			Save: func(r *web.Request, f *ui.Form) (web.Next, error) {
				at, err := s.at(r, name)
				if err != nil {
					return web.Next{}, err
				}
				q.set(&at.Answers, f)
				if err := s.cut(r, name, f, &at.Answers); err != nil {
					return web.Next{}, err
				}
				if err := at.check(name); err != nil {
					return web.Next{}, err
				}
				if name == stepGroup || name == stepWhom {
					if err := s.groups.CheckNew(r.Context(), &at.Group); err != nil {
						return web.Next{}, err
					}
				}
				if name == stepName && at.Name != "" {
					if err := askName.Take(r.Context(), s.db, r.Client(), time.Now()); err != nil {
						return web.Next{}, err
					}
					if err := s.checkName(r.Context(), s.db, at.Name); err != nil {
						return web.Next{}, err
					}
				}
				if name == stepReach {
					if _, _, err := s.openKind(r.Context(), s.db, &at.Answers); fault.Is(err, fault.Conflict) {
						return web.Next{}, fault.Wrong("email", fault.Of(err).Key)
					} else if err != nil {
						return web.Next{}, err
					}
				}
				if name == stepReach { // from here on there are two ways
					at.Next = joinPath + "/" + stepSend
					if at.NoMail {
						at.Next = joinPath + "/" + stepDoor
					}
				}
				return web.Next{To: at.Next}, walk.Keep(r, at.Answers)
			}}))
	}
	return out
}

// secretFields are those of a page that nobody is shown again.
func secretFields(step string) []string {
	switch step {
	case stepDoor:
		return []string{"password"}
	case stepPaper:
		return []string{"code"}
	}
	return nil
}

// cut makes what somebody without an address gets in by: the name once they say
// so, the password's seal and the codes where they choose it; and notes that a code
// was typed.
func (s *Service) cut(r *web.Request, step string, f *ui.Form, a *Answers) (err error) {
	switch {
	case step == stepReach && a.NoMail && a.Login == "" && a.check(stepReach) == nil:
		a.Login, err = s.drawLogin(r.Context(), r.Page.Lang, a.LoginWords)
	case step == stepDoor && (f.Get("password") != "" || a.Sealed == ""):
		if err = sealClient.Take(r.Context(), s.db, r.Client(), s.now()); err == nil {
			a.Proved = false
			a.Sealed, a.Paper, err = s.doors.Cut(r.Context(), "password", f.Get("password"))
		}
	case step == stepPaper:
		a.Proved = s.doors.OnPaper(a.Paper, f.Get("code"))
	}
	return err
}

// place is where somebody is on the way in, and what they have said.
type place struct {
	Answers
	Met        string          // how those of their kind are met
	N, Of      int             // of how many steps; 0: it depends on what they say yet
	Back, Next string          // addresses
	Asked      templ.Component // of the group they bring: its questions
	Fields     []ui.Field      // and what those are
	Says       [][2]string     // and what was answered so far
	Key        string          // of the button that throws everything away
}

// at finds a place on the way. Who has not come so far yet is led to where they
// are.
func (s *Service) at(r *web.Request, step string) (*place, error) {
	at := &place{Key: r.FormKey()}
	if err := walk.Read(r, &at.Answers); err != nil {
		return nil, err
	}
	ks, _, err := s.kindsFor(r.Context(), s.db, &at.Answers)
	if err != nil {
		return nil, err
	}
	k := ks[at.Kind]
	all := at.steps()
	n, behind := slices.Index(all, step), slices.Index(all, at.behind())
	if !k.Open || n < 0 || behind == 0 {
		return nil, web.Elsewhere(joinPath)
	}
	if behind < n {
		return nil, web.Elsewhere(joinPath + "/" + all[behind])
	}
	at.Met, at.N = k.Met, n+1
	if n > slices.Index(all, stepReach) { // from there on there are two ways
		at.Of = len(all)
	}
	at.Back = joinPath
	if n > 1 {
		at.Back += "/" + all[n-1]
	}
	if n+1 < len(all) {
		at.Next = joinPath + "/" + all[n+1]
	}
	return at, nil
}

// begun is what somebody has said so far, if they have begun.
func begun(r *web.Request) (a Answers, yes bool) {
	err := walk.Read(r, &a)
	return a, err == nil
}

func fillKind(r *web.Request) (map[string][]string, error) {
	out := url.Values{"next": {r.Page.Query.Get("next")}}
	if a, ok := begun(r); ok {
		out.Set("kind", string(a.Kind))
		if out.Get("next") == "" {
			out.Set("next", a.Next)
		}
	}
	return out, nil
}

// showKind is where the way begins. Who is here already is told so.
func (s *Service) showKind(r *web.Request, f *ui.Form) (templ.Component, error) {
	a, on := begun(r)
	ks, inv, err := s.kindsFor(r.Context(), s.db, &a)
	if err != nil {
		return nil, err
	}
	key := ""
	if on {
		key = r.FormKey()
	}
	return kindView(r.Page, f, ks, r.Viewer.SignedIn(), inv, key), nil
}

func (s *Service) saveKind(r *web.Request, f *ui.Form) (web.Next, error) {
	a, _ := begun(r)
	ks, _, err := s.kindsFor(r.Context(), s.db, &a)
	if err != nil {
		return web.Next{}, err
	}
	if r.Viewer.SignedIn() || r.Page.Site.Silent {
		return web.Next{To: joinPath}, nil // the page says why
	}
	if a.Kind = access.Role(f.Get("kind")); !ks[a.Kind].Open {
		return web.Next{}, fault.Wrong("kind", "member.choose-kind")
	}
	a.Next, a.Lang = f.Get("next"), r.Page.Code
	return web.Next{To: joinPath + "/" + a.steps()[1]}, walk.Keep(r, a)
}

func saveForget(r *web.Request, _ *ui.Form) (web.Next, error) {
	return web.Next{To: "/", Done: "member.forgot.done"}, walk.End(r)
}

func (s *Service) showSend(r *web.Request, f *ui.Form) (templ.Component, error) {
	at, err := s.at(r, stepSend)
	if err != nil {
		return nil, err
	}
	if at.Kind == Group {
		at.Says, err = s.groups.SayNew(r.Context(), r.Page, at.Group)
	}
	return sendView(r.Page, f, at), err
}

func (s *Service) saveSend(r *web.Request, _ *ui.Form) (web.Next, error) {
	at, err := s.at(r, stepSend)
	if err != nil {
		return web.Next{}, err
	}
	at.Lang = r.Page.Code // what they agree to is in this language
	if at.NoMail {
		a, err := s.JoinHere(r.Context(), at.Answers, r.Client())
		if err != nil {
			return web.Next{}, err
		}
		return s.entered(r, a, &at.Answers)
	}
	if err := s.Ask(r.Context(), at.Answers, r.Client()); err != nil {
		return web.Next{}, err
	}
	return web.Next{To: joinPath + "/sent"}, nil
}

// showSent says where the letter went: who typed it wrongly can see so.
func (s *Service) showSent(r *web.Request) (*web.Answer, error) {
	at, err := s.at(r, stepSend)
	if err != nil {
		return nil, err
	}
	return web.Show(sentView(r.Page, at))
}

func (s *Service) showLink(r *web.Request, f *ui.Form) (templ.Component, error) {
	w, err := s.want(r.Context(), r.PathValue("token"))
	if err != nil && r.Viewer.SignedIn() {
		return nil, web.Elsewhere("/you") // they came back to the link they joined by
	}
	if err != nil {
		return nil, err
	}
	var says [][2]string
	if w.Kind == Group {
		says, err = s.groups.SayNew(r.Context(), r.Page, w.Group)
	}
	return linkView(r.Page, f, &w.Answers, says, w.old(time.Now())), err
}

// old says whether the link itself opens nothing any more, and only brings a
// new one.
func (w *wanted) old(now time.Time) bool { return now.After(w.Until) }

func (s *Service) saveLink(r *web.Request, f *ui.Form) (web.Next, error) {
	w, err := s.want(r.Context(), r.PathValue("token"))
	if err != nil {
		return web.Next{}, err
	}
	if w.old(time.Now()) {
		return web.Next{To: joinPath + "/sent"}, s.Renew(r.Context(), r.PathValue("token"), w, r.Client())
	}
	w.Lang = f.Get("lang") // that of the words they have just read, and agree to
	a, err := s.Join(r.Context(), r.PathValue("token"), w)
	if err != nil {
		return web.Next{}, err
	}
	return s.entered(r, a, &w.Answers)
}

// entered signs the owner of a new account in, and ends their way.
func (s *Service) entered(r *web.Request, a Account, said *Answers) (web.Next, error) {
	if err := s.doors.Enter(r, a.ID); err != nil {
		return web.Next{}, err
	}
	if err := walk.End(r); err != nil {
		return web.Next{}, err
	}
	if a.Standing != In {
		return web.Next{To: "/you", Done: "member.asked.done"}, nil
	}
	return web.Next{To: said.next(), Done: "member.joined.done"}, nil
}

func (s *Service) showAgain(r *web.Request, f *ui.Form) (templ.Component, error) {
	x, err := applicationOf(r.Context(), s.db, r.Viewer.Member)
	if err == nil && x.State != Refused {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	return againView(r.Page, f, x), nil
}

func (s *Service) saveAgain(r *web.Request, f *ui.Form) (web.Next, error) {
	return web.Next{To: "/you", Done: "member.asked.done"}, s.Again(r.Context(), r.Viewer, f.Get("words"))
}
