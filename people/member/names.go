package member

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
)

// A person may have several names. One of them acts at a time; nothing that
// others see, the network team among them, leads from one to another.

const (
	mostNames   = 8                    // at a time
	nameRests   = 365 * 24 * time.Hour // before somebody else may take it
	maxPronouns = 40
)

// newNames keeps one person from taking every name there is.
var newNames = web.Limit{Name: "member.names", Most: 12, Per: 24 * time.Hour}

var (
	errTaken = fault.Wrong("name", "member.name.taken")
	errMixed = fault.Wrong("name", "member.name.mixed")

	errNoPicture = fault.Wrong("picture", "member.picture.missing")
)

// askName keeps visitors from finding out by trying which names there are.
var askName = web.Limit{Name: "member.name.ask", Most: 30, Per: time.Hour}

// lookalikes are letters of other alphabets, and signs, that are drawn as Latin
// letters are, in most fonts (Unicode UTS 39, confusables: those of Cyrillic and
// Greek whole words can be written with).
var lookalikes = strings.NewReplacer(
	"I", "l", "i", "l", "|", "l", "1", "l", "0", "o",
	"а", "a", "А", "a", "в", "b", "В", "b", "с", "c", "С", "c", "ԁ", "d", "е", "e", "Е", "e", "ё", "e", "һ", "h", "Н", "h", "і", "l", "І", "l", "ј", "j", "Ј", "j",
	"к", "k", "К", "k", "ӏ", "l", "Ӏ", "l", "м", "m", "М", "m", "о", "o", "О", "o", "р", "p", "Р", "p", "ԛ", "q", "ѕ", "s", "Ѕ", "s", "т", "t", "Т", "t", "у", "y", "У", "y", "ѵ", "v", "ԝ", "w", "х", "x", "Х", "x",
	"α", "a", "Α", "a", "Β", "b", "ε", "e", "Ε", "e", "Η", "h", "ι", "l", "Ι", "l", "κ", "k", "Κ", "k", "Μ", "m", "ν", "v", "Ν", "n", "ο", "o", "Ο", "o", "ρ", "p", "Ρ", "p", "τ", "t", "Τ", "t", "υ", "u", "Υ", "y", "χ", "x", "Χ", "x", "Ζ", "z",
)

// likeness is what a name looks like: two names with the same one can't be told
// apart at a glance. Case, accents, spaces and signs don't count, nor which
// alphabet a letter that looks the same is from. It is kept as a hash.
func likeness(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r) && !unicode.In(r, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Thai): // there they are letters
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == '|': // which looks like a letter
			b.WriteRune(r)
		}
	}
	s := strings.NewReplacer("rn", "m", "vv", "w").Replace(strings.ToLower(lookalikes.Replace(b.String())))
	if s == "" {
		s = norm.NFKC.String(name) // signs alone
	}
	return id.Hash("name " + s)
}

// mixed says whether a name takes letters that look alike from more than one
// alphabet.
func mixed(name string) bool {
	n := 0
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek} {
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(script, r) }) {
			n++
		}
	}
	return n > 1
}

// unnamed says whether a name is the one of those who gave none.
func (s *Service) unnamed(name string) bool {
	for _, l := range s.langs.Langs {
		if l.T("member.unnamed") == name {
			return true
		}
	}
	return false
}

// checkName says whether a name may be somebody's who has none yet.
func (s *Service) checkName(ctx context.Context, q db.Querier, name string) error {
	if name == "" || s.unnamed(name) {
		return nil
	}
	if mixed(name) {
		return errMixed
	}
	taken, err := nameTaken(ctx, q, likeness(name), "", time.Now())
	if err == nil && taken {
		err = errTaken
	}
	return err
}

// hold lets a persona have a name, and be the only one that looks like it.
func (s *Service) hold(ctx context.Context, tx *db.Tx, persona, name string) error {
	if s.unnamed(name) {
		return nil
	}
	held, err := holdName(ctx, tx, likeness(name), persona, time.Now())
	if err == nil && !held {
		err = errTaken
	}
	return err
}

// Personas are the viewer's own names.
func (s *Service) Personas(ctx context.Context, v *access.Viewer) ([]Persona, error) {
	if err := v.Need(mine, ""); err != nil {
		return nil, err
	}
	all, err := personasOf(ctx, s.db, v.Member)
	return slices.DeleteFunc(all, func(p Persona) bool { return p.Hidden }), err
}

// AddPersona gives the viewer one more name.
func (s *Service) AddPersona(ctx context.Context, v *access.Viewer, p Persona) error {
	if err := s.mayName(v, &p); err != nil {
		return err
	}
	if len(p.Sent) == 0 && p.Seen != "" {
		return errNoPicture
	}
	made, err := s.drawn(ctx, v, p)
	if err != nil {
		return err
	}
	if err := newNames.Take(ctx, s.db, v.Member, time.Now()); err != nil {
		return err
	}
	p.ID = id.New(ctx)
	return s.write(ctx, made, func(ctx context.Context, tx *db.Tx, key string) error {
		p.picture = key
		if err := lockAccount(ctx, tx, v.Member); err != nil {
			return err
		}
		n, err := namesInUse(ctx, tx, v.Member)
		if err != nil {
			return err
		}
		if n >= mostNames {
			return fault.New(fault.Conflict, "member.name.many")
		}
		if err := insertPersona(ctx, tx, v.Member, p, time.Now(), false); err != nil {
			return err
		}
		return s.hold(ctx, tx, p.ID, p.Name)
	})
}

// ChangePersona changes one of the viewer's names; NotFound if it is not theirs.
// The name it had rests for a year before somebody else may take it.
func (s *Service) ChangePersona(ctx context.Context, v *access.Viewer, p Persona) error {
	if err := s.mayName(v, &p); err != nil {
		return err
	}
	if _, err := pictureOf(ctx, s.db, v.Member, p.ID); err != nil {
		return err
	}
	made, err := s.drawn(ctx, v, p)
	if err != nil {
		return err
	}
	return s.write(ctx, made, func(ctx context.Context, tx *db.Tx, key string) error {
		// Of two who change the picture at once, the second lets go of the first's.
		if err := lockAccount(ctx, tx, v.Member); err != nil {
			return err
		}
		was, err := pictureOf(ctx, tx, v.Member, p.ID)
		if err != nil {
			return err
		}
		switch {
		case key == "" && was == "" && p.Seen != "":
			return errNoPicture
		case key == "":
			key = was
		case was != "":
			if err := s.pictures.LetGo(ctx, tx, was); err != nil {
				return err
			}
		}
		if err := errors.Join(updatePersona(ctx, tx, v.Member, p), putPicture(ctx, tx, p.ID, key, p.Seen)); err != nil {
			return err
		}
		tx.Changed("member")
		if err := restNames(ctx, tx, []string{p.ID}, p.ID, time.Now().Add(nameRests)); err != nil {
			return err
		}
		return s.hold(ctx, tx, p.ID, p.Name)
	})
}

func (s *Service) mayName(v *access.Viewer, p *Persona) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return err
	}
	if mixed(p.Name) {
		return errMixed
	}
	return nil
}

// ActAs lets one of the viewer's names act, from the next request on; NotFound
// if it is not theirs, or retired.
func (s *Service) ActAs(ctx context.Context, v *access.Viewer, persona string) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockAccount(ctx, tx, v.Member); err != nil {
			return err
		}
		return act(ctx, tx, v.Member, persona)
	})
}

// Retire puts one of the viewer's names away. What was said under it stays under
// it. The one that acts can't be put away.
func (s *Service) Retire(ctx context.Context, v *access.Viewer, persona string) error {
	if err := v.Need(mine, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockAccount(ctx, tx, v.Member); err != nil {
			return err
		}
		n, err := retire(ctx, tx, v.Member, persona)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "member.name.acts")
		}
		return err
	})
}

// tidy lets go of names that have rested, of wishes that nobody shared, of old
// messages, and of applications that were answered long ago.
func (s *Service) tidy(ctx context.Context) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(freeNames(ctx, tx, time.Now()), dropUnnamed(ctx, tx, s.now()), tidyRoleWishes(ctx, tx, s.wishesSince()), dropOldMessages(ctx, tx, s.now().Add(-messageLife)))
	})
	return errors.Join(err, s.dropAnswered(ctx))
}
