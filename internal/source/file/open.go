package file

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"aoc"
)

const (
	// headSize is how much of a file is looked at to recognise it.
	headSize = 64 << 10
	// maxLayers is how often a file may be packed with gzip over and over.
	maxLayers = 3
)

// content is an open unit, unpacked, as UTF-8 text.
type content struct {
	text    *bufio.Reader
	closers []io.Closer
}

func (c *content) close() {
	for i := len(c.closers) - 1; i >= 0; i-- {
		_ = c.closers[i].Close() // only read
	}
}

// releaser makes an archive's release a Close.
type releaser struct{ *archive }

func (r releaser) Close() error { r.release(); return nil }

// open opens a unit.
func (s *Source) open(u aoc.Unit) (*content, error) {
	c := &content{}
	raw, err := s.bytes(u.Locator, c)
	if err == nil {
		err = s.unpack(u, raw, c)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// bytes gives a unit's bytes as they are stored.
func (s *Source) bytes(locator string, c *content) (io.Reader, error) {
	if locator == stdinName {
		if spooled, _ := s.stdin.spoolArchive(s.opts.MaxUnpacked); spooled != "" {
			return s.wholeArchive(stdinName)
		}
		return s.stdin.take(s.opts.MaxUnpacked)
	}
	path, name, isMember := s.locate(locator)
	if isMember {
		a, err := s.archive(path)
		if err != nil {
			return nil, err
		}
		c.closers = append(c.closers, releaser{a})
		f, ok := a.find(name)
		if !ok {
			return nil, invalid("Check the path.", "%s does not exist", locator)
		}
		r, err := openMember(f, locator)
		if err != nil {
			return nil, err
		}
		c.closers = append(c.closers, r)
		packed := int64(min(f.CompressedSize64, 1<<62))
		return &unpacked{r: r, name: locator, packed: func() int64 { return packed }, limit: s.opts.MaxUnpacked, ratio: s.opts.MaxRatio}, nil
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && isArchive(path) {
		return s.wholeArchive(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	c.closers = append(c.closers, f)
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, invalid("Make the folder readable, or name the files in it.", "%s is a folder that cannot be read, or lies too deep", path)
	}
	return f, nil
}

// wholeArchive refuses to read an archive as one file. List names one so when something
// is wrong with its directory, so that is the error.
func (s *Source) wholeArchive(path string) (io.Reader, error) {
	a, err := s.archive(path)
	if err != nil {
		return nil, err
	}
	a.release()
	return nil, invalid("", "%s is a zip archive, whose members are read one by one", path)
}

// archive opens an archive by the path that units name it by.
func (s *Source) archive(path string) (*archive, error) {
	if path != stdinName {
		return s.zips.open(path, path)
	}
	spooled, err := s.stdin.spoolArchive(s.opts.MaxUnpacked)
	if err != nil {
		return nil, err
	}
	return s.zips.open(spooled, "standard input")
}

// locate takes a locator apart into the path of a file and the name of a member of it.
// A file whose own name has the mark in it wins.
func (s *Source) locate(locator string) (path, name string, isMember bool) {
	if _, err := os.Stat(locator); err == nil {
		return locator, "", false
	}
	for i := 0; ; {
		n := strings.Index(locator[i:], memberMark)
		if n < 0 {
			return locator, "", false
		}
		i += n
		path, name = locator[:i], locator[i+len(memberMark):]
		if path == stdinName {
			return path, name, true
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, name, true
		}
		i += len(memberMark)
	}
}

// unpack takes the layers of gzip off, and makes UTF-8 of UTF-16.
func (s *Source) unpack(u aoc.Unit, raw io.Reader, c *content) error {
	counted := &counter{r: raw}
	if s.opts.OnRead != nil {
		counted.tell = func(n int64) { s.opts.OnRead(u, n) }
	}
	r := bufio.NewReaderSize(counted, headSize)
	for layer := 0; ; layer++ {
		head, _ := r.Peek(4) // an error comes again when it matters
		switch {
		case isZip(head):
			return invalid("Unpack the outer archive first.", "%s is an archive inside an archive or a pipe", u.ID)
		case len(head) < 2 || head[0] != 0x1F || head[1] != 0x8B:
			c.text = utf8Text(r)
			return nil
		case layer == maxLayers:
			return invalid("This is how zip bombs look.", "%s is packed more than %d times over", u.ID, maxLayers)
		}
		z, err := gzip.NewReader(r)
		if err != nil {
			e := invalid("Download or copy the file again.", "%s is gzip data that is damaged", u.ID)
			e.Cause = err
			return e
		}
		c.closers = append(c.closers, z)
		r = bufio.NewReaderSize(&unpacked{
			r: z, name: u.ID, packed: counted.count, limit: s.opts.MaxUnpacked, ratio: s.opts.MaxRatio,
		}, headSize)
	}
}

// utf8Text makes UTF-8 of UTF-16 text, which PowerShell writes, and takes byte order
// marks off. A text without a mark counts as UTF-16 when its first character is ASCII and
// half zero. Other text passes as it is.
func utf8Text(r *bufio.Reader) *bufio.Reader {
	head, _ := r.Peek(3)
	var order unicode.Endianness
	switch {
	case len(head) >= 3 && string(head[:3]) == "\xEF\xBB\xBF":
		_, _ = r.Discard(3) // just seen
		return r
	case len(head) < 2:
		return r
	case head[0] == 0xFF && head[1] == 0xFE, head[0] != 0 && head[0] < 0x80 && head[1] == 0:
		order = unicode.LittleEndian
	case head[0] == 0xFE && head[1] == 0xFF, head[0] == 0 && head[1] != 0 && head[1] < 0x80:
		order = unicode.BigEndian
	default:
		return r
	}
	decoder := unicode.UTF16(order, unicode.UseBOM).NewDecoder()
	return bufio.NewReaderSize(transform.NewReader(r, decoder), headSize)
}

// counter counts what is read through it.
type counter struct {
	r    io.Reader
	n    int64
	tell func(n int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.tell != nil && n > 0 {
		c.tell(int64(n))
	}
	return n, err
}

func (c *counter) count() int64 { return c.n }

// unpacked guards what comes out of a decompressor: it stops what grows beyond all
// proportion, and puts words on damage.
type unpacked struct {
	r      io.Reader
	name   string
	packed func() int64 // how much went in
	limit  int64
	ratio  int64
	n      int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.n += int64(n)
	switch {
	case u.n > u.limit:
		return 0, tooMuch(u.name, u.limit)
	case u.n > ratioFrom && u.n/max(u.packed(), 1) > u.ratio:
		return 0, tooDense(u.name, u.ratio)
	case err != nil && !errors.Is(err, io.EOF):
		e := invalid("What was readable has been read. Download or copy the file again.", "%s is packed data that is damaged or cut off", u.name)
		e.Cause = err
		return n, e
	}
	return n, err
}
