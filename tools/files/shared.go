package files

import (
	"fmt"
	"io"
	"os"
)

// Folder is a workspace for tools that read and write files in it as read_file and
// write_file do. Errors are for a model; they name the tool to call again.
type Folder struct {
	tool   string
	folder folder
}

// In returns the workspace below root for the tool of a name.
func In(root *os.Root, tool string) *Folder { return &Folder{tool, folder{root: root}} }

// Normalize brings a path as models write it into the one form that names a file.
func (f *Folder) Normalize(path *string) error { return f.folder.normalize(f.tool, path) }

// Exists says whether there is something of a name.
func (f *Folder) Exists(name string) bool {
	_, err := f.folder.root.Stat(name)
	return err == nil
}

// Read returns a file of at most so many bytes.
func (f *Folder) Read(name string, most int64) ([]byte, error) {
	file, info, err := f.folder.open(name, f.tool)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info.Size() > most {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are read", quote(name), info.Size(), most)
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, f.folder.explain("read", name, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s has more than %d bytes, at most so many are read", quote(name), most)
	}
	return data, nil
}

// Write writes a file, whole or not at all, and the folders that it is in. replaced says
// that there was one.
func (f *Folder) Write(name string, write func(io.Writer) error) (replaced bool, err error) {
	return f.folder.put(name, write)
}
