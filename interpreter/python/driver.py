"""Runs cells: reads commands from descriptor 3, answers on descriptor 4.

A frame is four bytes of length, big endian, and JSON. What a cell prints goes to
descriptors 1 and 2. The cell's code shares this process, so nothing here is safe from it;
the parent believes nothing that it could not afford to be told by the cell itself.
"""
# Only modules that the interpreter has at hand, and before it says that it is ready not even os and ast: json, signal, ast
# and linecache read others, which together take as long as all of Python's start.
import _signal, builtins, faulthandler, posix, sys
from _json import encode_basestring_ascii as quoted, scanstring

MAX_VALUE = 10000  # characters of a shown value
MAX_TRACE = 8000
MAX_FIGURES = 20
ONLY_AST, AWAIT = 0x400, 0x2000  # ast.PyCF_ONLY_AST, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

own = posix.getpid()
main = type(sys)('__main__')
space = main.__dict__
sys.modules['__main__'] = main
sys.argv = ['']
running = False
saved = {}  # figures that the cell itself has saved, by id
loop = None
sources = {}  # of cells, by name, that linecache does not have yet


def encoded(value):
    """JSON of what replies are made of."""
    if isinstance(value, str):
        return quoted(str(value))
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, int):
        return '%d' % value
    if isinstance(value, dict):
        return '{%s}' % ','.join('%s:%s' % (quoted(k), encoded(v)) for k, v in value.items())
    return '[%s]' % ','.join(encoded(v) for v in value)


def send(message):
    body = encoded(message).encode()
    body = len(body).to_bytes(4, 'big') + body
    while body:
        body = body[posix.write(4, body):]


def receive():
    """A command: {"id":N,"cell":N,"code":"..."}, with its fields in this order."""
    text = take(int.from_bytes(take(4), 'big')).decode()  # noqa: F821: the bootstrap's
    head, mark, _ = text.partition(',"code":"')
    number, cell = (int(field.rpartition(':')[2]) for field in head.split(','))
    code, _ = scanstring(text, len(head) + len(mark))
    return {'id': number, 'cell': cell, 'code': code}


def remember():
    """Gives linecache the sources of cells, so that tracebacks and inspect show lines."""
    import linecache
    while sources:
        name, code = sources.popitem()
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)


def interrupted(number, frame):
    if running and posix.getpid() == own:
        raise KeyboardInterrupt


def no_input(prompt=''):
    raise RuntimeError('input() cannot be used: nobody can answer while a cell runs; write the value into the code')


class NoInput:
    """sys.stdin of a cell: every way to read from it says why there is nothing."""
    encoding, closed = 'utf-8', False

    def isatty(self):
        return False

    def fileno(self):
        return 0

    def readable(self):
        return False

    def refuse(self, *arguments):
        no_input()

    read = readline = readlines = __iter__ = __next__ = refuse


def middle(text, limit):
    """Cuts a text in the middle; says whether it did."""
    if len(text) <= limit:
        return text, False
    half = limit // 2
    return '%s\n… %d characters left out …\n%s' % (text[:half], len(text) - 2 * half, text[-half:]), True


def shown(value):
    """The value as text, whatever it is and however large."""
    plain = type(value)
    try:
        if plain in (str, bytes, bytearray) and len(value) > MAX_VALUE:
            half = MAX_VALUE // 2
            return '%s … %d left out … %s' % (repr(value[:half]), len(value) - 2 * half, repr(value[-half:])), True
        if plain in (list, tuple, dict, set, frozenset) and heavy(value):
            return bounded(value), True
        module = (plain.__module__ or '').partition('.')[0]
        if module == 'pandas':
            text = frame(value)
        elif plain is int and value.bit_length() > 4 * MAX_VALUE:
            return '%s0x%x… (an integer of %d bits)' % ('-' * (value < 0), abs(value) >> (value.bit_length() - 256), value.bit_length()), True
        else:
            text = repr(value)
        if not isinstance(text, str):
            text = str(text)
        return middle(text, MAX_VALUE)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as problem:
        return '<%s whose repr() raised %s: %s>' % (plain.__name__, type(problem).__name__, middle(str(problem), 200)[0]), False


def heavy(value):
    """Whether a container holds more than can be shown; looks at a bounded number of items."""
    stack, seen = [value], 0
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind in (str, bytes):
            seen += len(item) // 8
        elif kind in (list, tuple, set, frozenset):
            seen += len(item)
            if seen > 2000:
                return True
            stack.extend(item)
        elif kind is dict:
            seen += 2 * len(item)
            if seen > 2000:
                return True
            stack.extend(item)
            stack.extend(item.values())
        elif kind is int:
            seen += item.bit_length() // 32
        seen += 1
        if seen > 2000:
            return True
    return False


def bounded(value):
    import reprlib
    r = reprlib.Repr()
    r.maxlevel, r.maxstring, r.maxother, r.maxlong = 8, 400, 400, 400
    r.maxlist = r.maxtuple = r.maxdict = r.maxset = r.maxfrozenset = r.maxdeque = 200
    return middle(r.repr(value) + ' (%d items)' % len(value), MAX_VALUE)[0]


def frame(value):
    """A table of pandas: all columns that fit into a wide line, at most 60 rows."""
    import pandas
    with pandas.option_context('display.width', 160, 'display.max_columns', 30, 'display.max_rows', 60,
                               'display.min_rows', 20, 'display.max_colwidth', 60):
        return repr(value)


def fresh_name(stem):
    import os
    number = 1
    while os.path.exists('%s-%d.png' % (stem, number)):
        number += 1
    return '%s-%d.png' % (stem, number)


def watch_matplotlib():
    """Has figures remember that the cell saved them, once matplotlib is imported."""
    figure = sys.modules.get('matplotlib.figure')
    if figure is None or getattr(figure, 'watched', False):
        return
    original = figure.Figure.savefig

    def savefig(self, *arguments, **names):
        result = original(self, *arguments, **names)
        saved[id(self)] = True
        return result

    figure.Figure.savefig, figure.watched = savefig, True
    import warnings
    warnings.filterwarnings('ignore', message='.*(FigureCanvasAgg is non-interactive|non-GUI backend).*')


def lend_fonts():
    """Puts the list of fonts that was made before where matplotlib looks for its own."""
    import os
    fonts, own = settings['fonts'], os.environ.get('MPLCONFIGDIR')  # noqa: F821
    if fonts and own:
        try:
            os.makedirs(own, exist_ok=True)
            for name in os.listdir(fonts):
                os.symlink(os.path.join(fonts, name), os.path.join(own, name))
        except OSError:
            pass


class Watch:
    """Finds nothing itself; has lend_fonts called before matplotlib is loaded, and watch_matplotlib after matplotlib.figure
    is."""

    def find_spec(self, name, path=None, target=None):
        if name == 'matplotlib':
            lend_fonts()
        if name != 'matplotlib.figure':
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                watch_matplotlib()

            spec.loader.exec_module = exec_module
        return spec


def pictures(value):
    """Saves the figures of the cell that it has not saved itself. Returns names, and
    whether the value is one of them and need not be shown as text."""
    names, is_picture = [], False
    pyplot = sys.modules.get('matplotlib.pyplot')
    figures = []
    if pyplot is not None:
        figures = [pyplot.figure(n) for n in pyplot.get_fignums()][:MAX_FIGURES]
    figure_type = getattr(sys.modules.get('matplotlib.figure'), 'Figure', None)
    if figure_type is not None and isinstance(value, figure_type):
        is_picture = True
        if not any(f is value for f in figures):
            figures.append(value)
    for figure in figures:
        if id(figure) not in saved and figure.get_axes():
            name = fresh_name('figure')
            figure.savefig(name, dpi=100)
            names.append(name)
        if pyplot is not None:
            pyplot.close(figure)
    saved.clear()
    if not is_picture and hasattr(type(value), '_repr_png_'):
        data = value._repr_png_()
        if isinstance(data, bytes):
            name = fresh_name('picture')
            with open(name, 'wb') as f:
                f.write(data)
            names.append(name)
    return names, is_picture or drawn(value, names)


def drawn(value, names):
    """Whether the value is only what a call that draws returns, beside its picture."""
    item = value[0] if type(value) in (list, tuple) and value else value
    return bool(names) and (type(item).__module__ or '').partition('.')[0] == 'matplotlib'


def trace(error, name):
    """The type, message, line of the cell and traceback of an error, without this file."""
    import traceback
    remember()
    kind = type(error).__name__
    try:
        message = str(error)
    except BaseException:
        message = '<its str() raises an error>'
    line = 0
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == '<driver>':
        frames = frames.tb_next
    if isinstance(error, SyntaxError) and error.filename == name:
        line, message = error.lineno or 0, error.msg or message
    at = frames
    count = 0
    while at is not None and count < 100000:
        if at.tb_frame.f_code.co_filename == name:
            line = at.tb_lineno
        at, count = at.tb_next, count + 1
    try:
        text = ''.join(traceback.format_exception(type(error), error, frames))
    except BaseException:
        text = '%s: %s' % (kind, message)
    return {'type': kind, 'message': middle(message, 2000)[0], 'line': line, 'trace': middle(text, MAX_TRACE)[0]}


def compiled(code, name):
    """The statements of a cell, and its last expression if that is to be shown."""
    import _ast
    tree = compile(code, name, 'exec', ONLY_AST | AWAIT)
    body, last = tree.body, None
    if body and isinstance(body[-1], _ast.Expr) and not code.rstrip().endswith(';'):
        last = _ast.Expression(body.pop().value)
    parts = []
    if body:
        parts.append(compile(tree, name, 'exec', AWAIT))
    if last is not None:
        parts.append(compile(last, name, 'eval', AWAIT))
    return parts, last is not None


def evaluate(part):
    if not part.co_flags & 0x80:  # CO_COROUTINE: it awaits something
        return eval(part, space)
    global loop
    import asyncio
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    task = loop.create_task(eval(part, space))
    try:
        return loop.run_until_complete(task)
    except (KeyboardInterrupt, SystemExit):
        task.cancel()
        try:
            loop.run_until_complete(asyncio.wait([task], timeout=0.2))
        except BaseException:
            pass
        raise


def run(command):
    global running
    name = '<cell %d>' % command['cell']
    code = command['code']
    reply = {'id': command['id']}
    _signal.signal(_signal.SIGINT, interrupted)
    sources[name] = code
    if 'linecache' in sys.modules:
        remember()
    value = None
    try:
        try:
            running = True
            parts, shows = compiled(code, name)
            for part in parts:
                value = evaluate(part)
            if not shows:
                value = None
            made, is_picture = pictures(value)
            if made:
                reply['pictures'] = made
            if value is not None:
                space['_'] = value
                if not is_picture:
                    reply['value'], reply['cut'] = shown(value)
        finally:
            running = False
    except SystemExit as end:
        if end.code not in (None, 0):
            reply['error'] = trace(end, name)
            reply['error']['message'] = 'sys.exit(%r) ends only the cell; the session goes on' % (end.code,)
    except BaseException as error:
        reply['error'] = trace(error, name)
        del error
        try:  # figures that were begun are not drawn into the next cell's
            made, _ = pictures(None)
            if made:
                reply['pictures'] = made
        except BaseException:
            pass
    if posix.getpid() != own:  # a fork that the cell made came out here
        posix._exit(0)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    send(reply)


class Rest:
    """The last to be asked for a module. What nobody finds is looked for again after the rest of Python's usual start:
    lines of .pth files that run something, as those of packages that are installed to be edited, and sitecustomize.
    That often takes longer than all else, and few cells need it."""

    asked = False

    def find_spec(self, name, path=None, target=None):
        if self.asked:
            return None
        self.asked = True
        before, errors, sys.stderr = list(sys.path), sys.stderr, None
        try:
            import site
            site.main()
        finally:
            sys.stderr = errors
            import os
            here = os.getcwd()
            last = before.index('') if '' in before else len(before)
            before[last:last] = [p for p in sys.path if p not in before and p != here]
            sys.path[:] = before
        for finder in list(sys.meta_path):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        return None


def locate():
    """What the module site would find out: the folders of modules, and of a virtual environment."""
    sys.path[:] = settings['path'] + ['']  # noqa: F821; '' is last, so that a file of the workspace hides no module
    sys.prefix, sys.exec_prefix = settings['prefix'], settings['exec_prefix']  # noqa: F821
    sys.meta_path.insert(0, Watch())
    sys.meta_path.append(Rest())


def furnish():
    """What cells need and the first can wait for."""
    import os, _ast, _sitebuiltins  # noqa: F401
    builtins.help = _sitebuiltins._Helper()
    builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D')
    builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D')
    os.environ.setdefault('MPLCONFIGDIR', os.path.join(os.environ.get('TMPDIR', '/tmp'), 'matplotlib'))


def serve():
    faulthandler.enable(2)
    locate()
    sys.stdin = sys.__stdin__ = NoInput()
    builtins.input = no_input
    space['__builtins__'] = builtins
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors='backslashreplace')
    _signal.signal(_signal.SIGINT, interrupted)
    send({'ready': True})
    furnish()
    while True:
        try:
            run(receive())
        except KeyboardInterrupt:  # it came between two cells, or late
            pass


serve()
