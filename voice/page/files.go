package page

import (
	"encoding/xml"
	"io"

	"withus.example/platform/access"
	"withus.example/platform/web"
)

// sitemap names the pages that search engines may know of: the first, what rooms
// offer, and this room's. The rest is linked from there.
func (s *Service) sitemap(r *web.Request) (*web.Answer, error) {
	ps, err := all(r.Context(), s.db, []string{access.Public}, maxPages)
	if err != nil {
		return nil, err
	}
	paths := []string{"/"}
	for _, l := range s.site.Nav {
		paths = append(paths, l.Path)
	}
	for _, l := range s.site.Always {
		paths = append(paths, l.Path)
	}
	for _, p := range ps {
		paths = append(paths, p.Path())
	}
	return &web.Answer{Type: "application/xml; charset=utf-8", Stream: func(w io.Writer) error {
		type place struct {
			Loc string `xml:"loc"`
		}
		var out struct {
			XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
			URLs    []place  `xml:"url"`
		}
		for _, path := range paths {
			out.URLs = append(out.URLs, place{s.site.Origin + path})
		}
		if _, err := io.WriteString(w, xml.Header); err != nil {
			return err
		}
		return xml.NewEncoder(w).Encode(out)
	}}, nil
}

// robots tells programs that read the whole site where to begin, and that the way
// out is nothing to read.
func (s *Service) robots(*web.Request) (*web.Answer, error) {
	return &web.Answer{Type: "text/plain; charset=utf-8", Stream: func(w io.Writer) error {
		_, err := io.WriteString(w, "User-agent: *\nDisallow: /leave\nDisallow: /search\n\nSitemap: "+s.site.Origin+"/sitemap.xml\n")
		return err
	}}, nil
}
