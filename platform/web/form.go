package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/ui"
)

const (
	formSize     = 256 << 10 // a long page in a script of three bytes a letter, each sent as %XX
	mostFields   = 500
	formKeyField = "form_key"
)

// form serves a form. It sees to it that sending twice is sending once, that
// nothing typed is lost over a mistake, an error of ours or an expired sign-in,
// and that fields nobody asked for are refused.
func (s *Server) form(rt *Route, form *Form) http.HandlerFunc {
	return func(w http.ResponseWriter, hr *http.Request) {
		hr, ok := s.arrive(w, hr, rt)
		if !ok {
			return
		}
		r, err := s.request(w, hr, rt)
		if err == nil && hr.Method != http.MethodPost {
			err = s.enter(r, rt)
			if err == nil {
				err = s.showForm(r, form)
			}
		} else if hr.Method == http.MethodPost {
			err = s.takeForm(r, rt, form, err)
		}
		if err != nil {
			s.fail(w, hr, r, err)
		}
	}
}

func (s *Server) showForm(r *Request, form *Form) error {
	f := &ui.Form{Values: url.Values{}, Key: id.New(r.Context())}
	if form.Fill != nil {
		v, err := form.Fill(r)
		if err != nil {
			return err
		}
		f.Values = v
	}
	if r.Viewer.SignedIn() {
		kept, err := s.draft(r.Request)
		if err != nil {
			s.Log.Warn("a draft could not be read", "error", err)
		}
		if kept != nil {
			f.Values, f.Kept = kept, true
		}
	}
	return s.draw(r, form, f, http.StatusOK)
}

func (s *Server) draw(r *Request, form *Form, f *ui.Form, status int) error {
	r.Page.Wrong = len(f.Problems) > 0
	c, err := form.Show(r, f)
	if err != nil {
		return err
	}
	m, err := (&Answer{Status: status, Page: c}).make(r.Context())
	if err != nil {
		return err
	}
	m.write(r.w, r.Request)
	return nil
}

// takeForm receives a form. asked is the error that finding out who sent it
// gave, if any: the words come first.
func (s *Server) takeForm(r *Request, rt *Route, form *Form, asked error) error {
	may := asked
	if may == nil {
		may = s.enter(r, rt)
	}
	f, err := s.readForm(r, form, may == nil)
	if err != nil {
		return err
	}
	if asked != nil {
		return s.back(r, form, f, asked)
	}
	if err := may; err != nil {
		if form.Show == nil {
			return err
		}
		if r.Viewer.SignedIn() {
			return s.back(r, form, f, err)
		}
		if err := keepDrafts.Take(r.Context(), s.DB, r.Client(), time.Now()); err != nil {
			return s.back(r, form, f, err)
		}
		form.hush(f)
		if len(f.Values) > 0 {
			if err := s.keepDraft(r.Context(), r.w, r.URL.Path, f.Values); err != nil {
				return s.back(r, form, f, err)
			}
		}
		return s.leaveTo(r, Next{To: "/sign-in?next=" + url.QueryEscape(r.URL.Path)})
	}
	if len(f.Problems) > 0 {
		return s.back(r, form, f, &fault.Error{Kind: fault.Invalid, Problems: f.Problems})
	}
	work := r
	key := ""
	if !form.Again {
		sum := sha256.Sum256([]byte(r.Viewer.Persona + "\x00" + r.URL.Path + "\x00" + f.Key))
		key = hex.EncodeToString(sum[:])
		work = r.With(db.Once(r.Context(), key))
	}
	next, err := s.save(work, form, f)
	if errors.Is(err, db.ErrRepeated) {
		to, err := s.outcome(r.Context(), key)
		if err != nil {
			return err
		}
		if to == "" && form.Show != nil {
			to = r.URL.Path
		} else if to == "" { // a button has no page of its own
			to = "/"
		}
		return s.leaveTo(r, Next{To: to})
	}
	if err != nil {
		return s.back(r, form, f, err)
	}
	if next.Look && next.Again == "" {
		return s.draw(r, form, f, http.StatusOK)
	}
	if key != "" {
		if err := s.DB.Outcome(r.Context(), key, cmp.Or(next.Again, next.To)); err != nil {
			s.Log.Warn("what came of a form could not be kept", "error", err)
		}
	}
	if err := s.dropDraft(r); err != nil {
		s.Log.Warn("a draft could not be dropped", "error", err)
	}
	if next.Look {
		return s.draw(r, form, f, http.StatusOK)
	}
	return s.leaveTo(r, next)
}

// save does a form's work. A panic in it is an error like any other: what was
// typed comes back.
func (s *Server) save(r *Request, form *Form, f *ui.Form) (next Next, err error) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			s.Log.Error("a form panicked", "route", r.Pattern, "panic", about(p), "stack", string(debug.Stack()))
			err = errors.New("panic")
		} else if p != nil {
			panic(p)
		}
	}()
	return form.Save(r, f)
}

// outcome is where a form led that was sent before, empty if that is lost. The
// one that came first may have done its work and not yet said where it leads.
func (s *Server) outcome(ctx context.Context, key string) (string, error) {
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		to, err := s.DB.OutcomeOf(ctx, key)
		if err != nil || to != "" || wait > time.Second/4 {
			return to, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// leaveTo sends a person on after a form.
func (s *Server) leaveTo(r *Request, n Next) error {
	if !Local(n.To) {
		return errors.New("web: a form leads out of the house")
	}
	if n.Done != "" {
		r.SetCookie(&http.Cookie{Name: s.cookie("done"), Value: n.Done, MaxAge: 60})
	}
	m, err := (&Answer{To: n.To}).make(r.Context())
	if err != nil {
		return err
	}
	m.write(r.w, r.Request)
	return nil
}

// back shows a form again with what went wrong and everything that was typed.
func (s *Server) back(r *Request, form *Form, f *ui.Form, err error) error {
	ft, status, key := tell(err)
	if _, led := errors.AsType[*elsewhere](err); led || form.Show == nil {
		return err
	}
	if ft.After > 0 {
		r.SetHeader("Retry-After", retryAfter(ft))
	}
	if status >= 500 {
		s.Log.Error("a form could not be saved", "route", r.Pattern, "error", ft.Error())
	}
	again(r.w.Header(), ft)
	f.Problems = ft.Problems
	if len(f.Problems) == 0 {
		text, args := sentence(ft, key)
		f.Problems = []fault.Problem{{Key: text, Args: args}}
	}
	refused := ft.Kind == fault.NotFound || ft.Kind == fault.Denied
	if !refused {
		if drawn := s.draw(r, form, f, status); drawn == nil {
			return nil
		}
	}
	// The form itself can't be drawn, or is not theirs any more: give the words
	// back as they are.
	form.hush(f)
	r.Page.Wrong = true
	m, rerr := (&Answer{Status: status, Page: typed(r.Page, f)}).make(context.WithoutCancel(r.Context()))
	if rerr != nil {
		return err
	}
	m.write(r.w, r.Request)
	return nil
}

// hush takes out what is not to be shown, nor kept.
func (f *Form) hush(of *ui.Form) {
	for _, name := range f.Secret {
		of.Values.Del(name)
	}
}

// takes says whether a form has a field.
func (f *Form) takes(name string) bool {
	return slices.ContainsFunc(f.Fields, func(field string) bool {
		begin, any := strings.CutSuffix(field, "*")
		return name == field || any && strings.HasPrefix(name, begin)
	})
}

// readForm reads the fields of a form, and the files with it if they are to be
// kept. Whatever is wrong with the whole of it is the error; what is wrong with
// a field is among the form's problems.
func (s *Server) readForm(r *Request, form *Form, keep bool) (*ui.Form, error) {
	values, files, err := s.readBody(r, form, keep)
	if err != nil {
		return nil, err
	}
	f := &ui.Form{Values: values, Files: files, Key: values.Get(formKeyField)}
	values.Del(formKeyField)
	for _, name := range form.Files {
		values.Del(name) // sent the other way, it is but a file's name
	}
	if !form.Again && !id.Valid(f.Key) {
		return nil, &fault.Error{Kind: fault.Invalid, Err: errors.New("no form key")}
	}
	for name, vs := range values {
		if !form.takes(name) {
			return nil, &fault.Error{Kind: fault.Invalid, Problems: []fault.Problem{{Field: name, Key: "error.unknown-field"}}}
		}
		for i, v := range vs {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				vs[i] = strings.ReplaceAll(strings.ToValidUTF8(v, ""), "\x00", "")
				f.Problems = append(f.Problems, fault.Problem{Field: name, Key: "error.control"})
			}
		}
	}
	return f, nil
}

// readBody reads what was sent, in one of the two ways forms are sent in.
func (s *Server) readBody(r *Request, form *Form, keep bool) (url.Values, map[string][]byte, error) {
	kind, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		values, err := readURLEncoded(r)
		return values, nil, err
	case err == nil && kind == "multipart/form-data" && len(form.Files) > 0:
		return s.readParts(r, form, args["boundary"], keep)
	}
	return nil, nil, fault.New(fault.Invalid, "")
}

func readURLEncoded(r *Request) (url.Values, error) {
	b, err := io.ReadAll(http.MaxBytesReader(r.w, r.Body, formSize))
	if err != nil {
		return nil, unread(err)
	}
	if strings.Count(string(b), "&") > mostFields {
		return nil, fault.New(fault.Invalid, "error.toolarge")
	}
	values, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Err: err}
	}
	return values, nil
}

// unread is the fault of a body that could not be read.
func unread(err error) error {
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return fault.New(fault.Invalid, "error.toolarge")
	}
	return &fault.Error{Kind: fault.Invalid, Err: err}
}
