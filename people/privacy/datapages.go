package privacy

import (
	"io"
	"time"

	"withus.example/platform/ui"
	"withus.example/platform/web"
)

// mostLines are how many lines of one kind the page shows. A copy has them all.
const mostLines = 50

func (s *Service) showData(r *web.Request) (*web.Answer, error) {
	h, err := s.held(r.Context(), r.Viewer, r.Page)
	if err != nil {
		return nil, err
	}
	return web.Show(dataView(r.Page, h, r.FormKey()))
}

// saveCopy asks who has not signed in lately to do so: all of somebody's data in
// one file is what a stranger at an open screen would take.
func (s *Service) saveCopy(r *web.Request, _ *ui.Form) (web.Next, error) {
	if err := s.doors.Fresh(r, dataPath); err != nil {
		return web.Next{}, err
	}
	secret, err := s.MakeCopy(r.Context(), r.Viewer)
	return web.Next{To: dataPath + "/copy/" + secret}, err
}

func (s *Service) showCopy(r *web.Request) (*web.Answer, error) {
	secret := r.PathValue("token")
	ends, err := s.CopyUntil(r.Context(), r.Viewer, secret)
	if err != nil {
		return nil, err
	}
	return web.Show(copyView(r.Page, secret, int(ends.Sub(s.now())/time.Minute)+1))
}

func (s *Service) sendCopy(r *web.Request) (*web.Answer, error) {
	if _, err := s.CopyUntil(r.Context(), r.Viewer, r.PathValue("token")); err != nil {
		return nil, err
	}
	h, err := s.held(r.Context(), r.Viewer, r.Page)
	if err != nil {
		return nil, err
	}
	return &web.Answer{Type: "application/zip", Name: "data-" + s.now().Format(time.DateOnly) + ".zip", Stream: func(w io.Writer) error {
		return writeCopy(r.Context(), w, r.Page, h)
	}}, nil
}

const mostLooks = 200

func (s *Service) showLooks(r *web.Request) (*web.Answer, error) {
	all, names, err := s.Looks(r.Context(), r.Viewer, mostLooks)
	if err != nil {
		return nil, err
	}
	return web.Show(looksView(r.Page, all, names))
}
