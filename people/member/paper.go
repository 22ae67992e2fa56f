package member

import (
	"slices"
	"strings"

	"withus.example/platform/access"
	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// The way in on paper, and in easy words. Paper asks the questions of the way in,
// from the same fields; the easy words are written for themselves.

const (
	paperPath = joinPath + "/print"
	easyPath  = joinPath + "/easy"
)

func (s *Service) paperPages() []web.Route {
	return []web.Route{
		web.Get(paperPath, joinable, s.showPaper).Reads("kind"),
		web.Get(easyPath, joinable, showEasy),
	}
}

// sheet is a page of the way in, on paper: the keys of what it is called and says,
// and its questions.
type sheet struct {
	Title  string
	Says   []string
	Fields []ui.Field
}

// mostBoxes is how many answers are printed each with a box; of more, countries
// for one, people write theirs down.
const mostBoxes = 40

// showPaper is the way in of one kind, to print: the one asked for, or the first
// that people can join in.
func (s *Service) showPaper(r *web.Request) (*web.Answer, error) {
	ks, err := s.Kinds(r.Context(), s.db)
	if err != nil {
		return nil, err
	}
	open := slices.DeleteFunc(slices.Clone(kinds), func(k access.Role) bool { return !ks[k].Open })
	kind := access.Role(r.Page.Query.Get("kind"))
	if !slices.Contains(open, kind) {
		if kind = ""; len(open) > 0 {
			kind = open[0]
		}
	}
	var all []sheet
	a := Answers{Kind: kind}
	for _, step := range a.steps() {
		x, err := s.sheet(r, ks[kind], step)
		if err != nil {
			return nil, err
		}
		if len(x.Fields) > 0 {
			all = append(all, x)
		}
	}
	return web.Show(paperView(r.Page, ks, open, kind, all))
}

// sheet is one step of the way in, as it is asked of a kind.
func (s *Service) sheet(r *web.Request, k Kind, step string) (x sheet, err error) {
	p := r.Page
	switch step {
	case stepExperience:
		return sheet{"member.experience", []string{"member.experience.text", "member.experience.else"}, []ui.Field{ticked(p, livedField), doesField(p), ownField}}, nil
	case stepGroup, stepWhom:
		x = sheet{"member.group", []string{"member.group.text"}, nil}
		if step == stepWhom {
			x = sheet{"member.whom", []string{"member.whom.text"}, nil}
		}
		_, x.Fields, err = s.groups.AskNew(r.Context(), p, &ui.Form{}, step == stepWhom)
		x.Fields = slices.DeleteFunc(x.Fields, func(q ui.Field) bool { return q.Name == "for" && len(q.Options) == 0 })
		if step == stepGroup {
			x.Fields = append(x.Fields, ticked(p, ledField))
		}
		return x, err
	case stepName:
		x = sheet{"member.called", nil, []ui.Field{nameField, countryField}}
		if k.Kind == Group {
			x.Says, x.Fields = []string{"member.called.bring"}, append(x.Fields, ticked(p, bringsField))
		}
	case stepCounted:
		x = sheet{"member.counted", []string{"member.counted.text", "member.counted.free"}, []ui.Field{countedField(p)}}
	case stepReach:
		x = sheet{"member.reach", nil, []ui.Field{emailField}}
		switch k.Met {
		case byTalk:
			x.Fields = append(x.Fields, talkField)
		case byTeam:
			x.Fields = append(x.Fields, wordsField)
		}
	}
	return x, nil
}

// AskedOnPaper are what the printed form asks somebody about themselves, as far as the
// team types it in.
func (s *Service) AskedOnPaper(p *ui.Page) (name, does, own ui.Field) {
	return nameField, doesField(p), ownField
}

// ticked is a question that is answered by one box.
func ticked(p *ui.Page, q ui.Field) ui.Field {
	q.Options, q.Label = []ui.Option{{Text: p.T(q.Label)}}, ""
	return q
}

// roomFor is how many lines there are to write on.
func roomFor(q ui.Field) int {
	if q.Rows > 0 {
		return min(q.Rows, 3)
	}
	return 1
}

// easy are the parts of the page in easy words: of each the key of its lines, and
// a picture for every line.
var easy = []struct {
	Key      string
	Pictures []string
}{
	{"what", []string{"people", "cloud", "hands", "speak"}},
	{"join", []string{"door", "heart", "beside", "group", "name", "ok"}},
	{"agree", []string{"mail", "write", "lock", "count", "paper"}},
	{"next", []string{"question", "mail", "press", "clock", "ok"}},
	{"leave", []string{"out", "press", "clock", "bin"}},
	{"help", []string{"phone", "out", "people", "paper"}},
}

// sentences are the lines of an easy text: one thing each.
func sentences(p *ui.Page, key string, args ...any) []string {
	return strings.Split(p.T(key, args...), "\n")
}

func showEasy(r *web.Request) (*web.Answer, error) { return web.Show(easyView(r.Page)) }

// pictures are drawn for the easy words: lines in a square of 48, round ends.
var pictures = map[string]string{
	"people":   "M16 20a6 6 0 1 0 0-12 6 6 0 0 0 0 12M6 40V32a10 10 0 0 1 20 0v8M34 22a5 5 0 1 0 0-10 5 5 0 0 0 0 10M31 28a8 8 0 0 1 11 7v5",
	"cloud":    "M14 26a7 7 0 0 1 1-14 10 10 0 0 1 19 2 6 6 0 0 1 0 12zM16 33l-2 6M25 33l-2 6M34 33l-2 6",
	"hands":    "M24 22s-8-5-8-10a4.5 4.5 0 0 1 8-2 4.5 4.5 0 0 1 8 2c0 5-8 10-8 10zM6 32h6l6-3h8a3 3 0 0 1 0 6h-6M27 34l10-5a3 3 0 0 1 3 5L28 42H6",
	"speak":    "M6 20v8h6l18 10V10L12 20zM36 18a8 8 0 0 1 0 12M14 28v10h6v-7",
	"door":     "M12 42V6h24v36M6 42h36M29 24v2",
	"heart":    "M24 40S6 29 6 17a9 9 0 0 1 18-3 9 9 0 0 1 18 3c0 12-18 23-18 23z",
	"beside":   "M15 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12M15 22v12M9 42l6-8 6 8M33 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12M33 22v12M27 42l6-8 6 8M15 26h18",
	"group":    "M24 14a4 4 0 1 0 0-8 4 4 0 0 0 0 8M10 30a4 4 0 1 0 0-8 4 4 0 0 0 0 8M38 30a4 4 0 1 0 0-8 4 4 0 0 0 0 8M24 44a4 4 0 1 0 0-8 4 4 0 0 0 0 8M20 13l-8 9M28 13l8 9M13 29l8 8M35 29l-8 8",
	"name":     "M6 14h36v24H6zM20 8h8v6h-8zM13 24h22M13 31h14",
	"ok":       "M24 43a19 19 0 1 0 0-38 19 19 0 0 0 0 38M14 25l7 7 13-15",
	"mail":     "M5 11h38v27H5zM5 12l19 15 19-15",
	"write":    "M8 40l3-11L33 7l8 8-22 22zM29 11l8 8",
	"lock":     "M10 22h28v20H10zM16 22v-6a8 8 0 0 1 16 0v6M24 30v5",
	"count":    "M8 40V28h8v12M20 40V18h8v22M32 40V8h8v32M4 40h40",
	"paper":    "M12 5h18l8 8v30H12zM30 5v8h8M18 22h14M18 29h14M18 36h9",
	"question": "M24 43a19 19 0 1 0 0-38 19 19 0 0 0 0 38M18 19a6 6 0 1 1 8 6c-2 1-2 2-2 4M24 35v1",
	"press":    "M20 30V12a3 3 0 0 1 6 0v12l10 3c2 1 3 2 2 5l-2 11H20L11 32c2-3 5-3 9 1M13 12a10 10 0 0 1 20 0",
	"clock":    "M24 43a19 19 0 1 0 0-38 19 19 0 0 0 0 38M24 13v11l8 6",
	"out":      "M28 42H10V6h18M20 24h22M34 16l8 8-8 8",
	"bin":      "M8 13h32M18 13V7h12v6M12 13l3 29h18l3-29M20 21v13M28 21v13",
	"phone":    "M12 6l7 1 3 9-5 4c2 5 6 9 11 11l4-5 9 3 1 7c-1 4-4 6-8 6C18 41 7 30 6 14c0-4 2-7 6-8z",
}
