package web

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"withus.example/platform/access"
	"withus.example/platform/fault"
	"withus.example/platform/ui"
)

// apiPath is where the JSON API stands.
const apiPath = "/api/v1"

// api is the JSON API while its operations are added.
type api struct {
	s    *Server
	mux  *http.ServeMux
	huma huma.API
}

// Operation describes an operation of the JSON API to its readers.
type Operation struct {
	ID      string // "list-groups", unique
	Summary string
	Tag     string // the room's name
}

// API is an operation of the JSON API: the same service as the pages'. in is a
// struct of path, query and body fields as huma reads them, out has a Body.
func API[In, Out any](method, path string, p access.Permission, op Operation, h func(ctx context.Context, in *In) (*Out, error)) Route {
	return Route{Methods: []string{method}, Path: apiPath + path, Permission: p, api: func(a *api, rt *Route) {
		huma.Register(a.huma, huma.Operation{
			OperationID: op.ID, Summary: op.Summary, Tags: []string{op.Tag}, Method: method, Path: path,
			MaxBodyBytes: formSize, Errors: []int{400, 401, 403, 404, 409, 422, 429, 500},
			Middlewares: huma.Middlewares{a.identify(rt)},
		}, func(ctx context.Context, in *In) (*Out, error) {
			out, err := h(ctx, in)
			if err != nil {
				return nil, a.fault(ctx, err)
			}
			return out, nil
		})
	}}
}

func newAPI(s *Server, mux *http.ServeMux) *api {
	cfg := huma.DefaultConfig(s.Site.Name, "1")
	cfg.DocsPath, cfg.OpenAPIPath, cfg.SchemasPath, cfg.CreateHooks = "", "", "", nil
	cfg.RejectUnknownQueryParameters = true
	cfg.Info.Description = "What the pages of this network show and take, as JSON. Sign in on the site first; the same cookie counts here."
	cfg.Servers = []*huma.Server{{URL: s.Site.Origin + apiPath}}
	quiet.Do(func() {
		plain := huma.NewError
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			e := plain(status, msg, errs...)
			if m, ok := e.(*huma.ErrorModel); ok {
				for _, d := range m.Errors {
					if _, raw := d.Value.(string); raw && d.Location == "body" {
						d.Message = "this can't be read as the JSON that is asked for" // not in Go's words
					}
					d.Value = nil // what was sent is not sent back
				}
			}
			return e
		}
	})
	return &api{s, mux, humago.NewWithPrefix(mux, apiPath, cfg)}
}

var quiet sync.Once

// identify finds out who sent a request, and whether the operation is open to
// them at all.
func (a *api) identify(rt *Route) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		hr, w := humago.Unwrap(c)
		hr, ok := a.s.arrive(w, hr, rt)
		if !ok {
			return
		}
		r, err := a.s.request(w, hr, rt)
		if err == nil {
			err = a.s.enter(r, rt)
		}
		if err != nil {
			if fault.Is(err, fault.Denied) && !r.Viewer.SignedIn() {
				writeProblem(w, http.StatusUnauthorized, r.Page.T("error.signin.title"), nil)
				return
			}
			a.s.fail(w, hr, r, err)
			return
		}
		c.SetHeader("Cache-Control", "no-store")
		next(huma.WithContext(c, context.WithValue(context.WithValue(hr.Context(), viewerKey{}, r.Viewer), requestKey{}, r)))
	}
}

type requestKey struct{}

// fault puts an error of a room into the API's form.
func (a *api) fault(ctx context.Context, err error) error {
	r := ctx.Value(requestKey{}).(*Request)
	f, status, key := tell(err)
	if status >= 500 {
		a.s.Log.Error("request failed", "route", r.Pattern, "method", r.Method, "error", f.Error())
	}
	again(r.w.Header(), f)
	if to := movedTo(r.Request, f); to != "" {
		r.w.Header().Set("Location", to)
		status = http.StatusPermanentRedirect
	}
	out := &huma.ErrorModel{Status: status, Title: r.Page.T(key + ".title")}
	for _, d := range problems(r.Page.Lang, f.Problems, "body") {
		out.Errors = append(out.Errors, &huma.ErrorDetail{Location: d.Location, Message: d.Message})
	}
	if f.Kind != fault.Internal && len(out.Errors) == 0 {
		text, args := sentence(f, key)
		out.Detail = r.Page.T(text, args...)
	}
	return out
}

// done adds the description of the API itself.
func (a *api) done() {
	type written struct {
		of *Look
		b  []byte
	}
	var last atomic.Pointer[written]
	a.mux.HandleFunc("GET "+apiPath+"/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		r, ok := a.s.arrive(w, r, nil)
		if !ok {
			return
		}
		l, doc := a.s.Now(), last.Load()
		var err error
		if doc == nil || doc.of != l {
			doc = &written{of: l}
			doc.b, err = json.Marshal(a.describe(l.Site))
		}
		if err != nil {
			a.s.fail(w, r, nil, err)
			return
		}
		last.Store(doc)
		m := &made{status: http.StatusOK, head: http.Header{"Content-Type": {"application/openapi+json"}}, body: doc.b}
		m.write(w, r)
	})
	a.s.OpenAPI = a.huma.OpenAPI()
}

// describe is the description of the API as the network is now: under its name,
// without what is switched off.
func (a *api) describe(site *ui.Site) *huma.OpenAPI {
	doc := *a.huma.OpenAPI()
	info := *doc.Info
	info.Title, doc.Info = site.Name, &info
	paths := map[string]*huma.PathItem{}
	for path, item := range doc.Paths {
		if site.Shows(apiPath + path) {
			paths[path] = item
		}
	}
	doc.Paths = paths
	return &doc
}
