# The part of Python that the benchmark lets an agent's code use, over tools that only say
# what they were asked for. step(state, inputs, code) runs a program and returns what came of
# it as JSON.
import ast, difflib, json, operator


def _needs(what, kind):
    if kind not in what:
        raise ValueError("%s is no %s" % (what, kind))


# What the tools say matters only in that it names what they were given, and in which of
# them speak of an image or a sound.
def text_classifier(text, labels):
    return f"class of ({text}) among {labels}"


def translator(text, src_lang, tgt_lang):
    return f"({text}) from {src_lang} in {tgt_lang}"


def text_reader(text):
    return f"sound of ({text})"


def transcriber(audio):
    _needs(audio, "sound")
    return f"words in ({audio})"


def image_generator(prompt):
    return f"image of ({prompt})"


def image_captioner(image):
    _needs(image, "image")
    return f"description of ({image})"


def image_transformer(image, prompt):
    _needs(image, "image")
    return f"({image}) changed by ({prompt})"


def text_qa(text, question):
    return f"answer to ({question}) from ({text})"


def image_qa(image, question):
    _needs(image, "image")
    return f"answer to ({question}) from ({image})"


def text_downloader(url):
    return f"content of ({url})"


def summarizer(text):
    return f"summary of ({text})"


def video_generator(prompt, seconds=2):
    return f"video of ({prompt})"


def document_qa(image, question):
    return f"answer to ({question}) from the document ({image})"


def image_segmenter(image, prompt):
    return f"mask of ({prompt}) in ({image})"


TOOLS = {f.__name__: f for f in (
    text_classifier, translator, text_reader, transcriber, image_generator, image_captioner, image_transformer,
    text_qa, image_qa, text_downloader, summarizer, video_generator, document_qa, image_segmenter)}
BASE = {"print": lambda *a: None, "range": range, "float": float, "int": int, "bool": bool, "str": str}
BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
          ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow}
COMPARE = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
           ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
           ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b}
MOST = 10_000  # nodes that one program may evaluate


class Refused(Exception):
    pass


class Run:
    def __init__(self, state, tools):
        self.state, self.tools, self.left = state, tools, MOST

    def near(self, name, among, what):
        if name in among:
            return among[name]
        close = difflib.get_close_matches(name, [k for k in among if isinstance(k, str)]) if isinstance(name, str) else []
        if not close:
            raise Refused(f"the {what} `{name}` is not defined")
        return among[close[0]]

    def block(self, lines):
        result = None
        for line in lines:
            value = self.do(line)
            if value is not None:
                result = value
        return result

    def do(self, n):
        self.left -= 1
        if self.left < 0:
            raise Refused("the program runs too long")
        method = getattr(self, "do_" + type(n).__name__, None)
        if method is None:
            raise Refused(f"{type(n).__name__} is not supported")
        return method(n)

    def do_Assign(self, n):
        value = self.do(n.value)
        target = n.targets[0]
        if isinstance(target, ast.Name):
            self.state[target.id] = value
        elif isinstance(target, ast.Tuple) and all(isinstance(t, ast.Name) for t in target.elts):
            parts = list(value)
            if len(parts) != len(target.elts):
                raise Refused(f"{len(target.elts)} values were expected and {len(parts)} came")
            self.state.update(zip((t.id for t in target.elts), parts))
        else:
            raise Refused("only names can be assigned to")
        return value

    def do_Call(self, n):
        if not isinstance(n.func, ast.Name):
            raise Refused("only the tools can be called")
        if n.func.id not in self.tools:
            raise Refused(f"there is no tool `{n.func.id}`")
        return self.tools[n.func.id](*[self.do(a) for a in n.args], **{k.arg: self.do(k.value) for k in n.keywords})

    def do_Expr(self, n):
        return self.do(n.value)

    def do_Constant(self, n):
        return n.value

    def do_Name(self, n):
        return self.near(n.id, self.state, "variable")

    def do_List(self, n):
        return [self.do(e) for e in n.elts]

    def do_Tuple(self, n):
        return tuple(self.do(e) for e in n.elts)

    def do_Dict(self, n):
        return {self.do(k): self.do(v) for k, v in zip(n.keys, n.values)}

    def do_JoinedStr(self, n):
        return "".join(str(self.do(v)) for v in n.values)

    def do_FormattedValue(self, n):
        return self.do(n.value)

    def do_BinOp(self, n):
        if type(n.op) not in BINARY:
            raise Refused(f"{type(n.op).__name__} is not supported")
        a, b = self.do(n.left), self.do(n.right)
        if type(n.op) in (ast.Mult, ast.Pow) and not (isinstance(a, (int, float)) and isinstance(b, (int, float)) and abs(b) < 1000):
            raise Refused("only small numbers can be multiplied")
        return BINARY[type(n.op)](a, b)

    def do_Subscript(self, n):
        value, index = self.do(n.value), self.do(n.slice)
        if isinstance(value, dict):
            return self.near(index, value, "key")
        return value[int(index)]

    def do_Compare(self, n):
        if len(n.ops) != 1 or type(n.ops[0]) not in COMPARE:
            raise Refused("only one comparison at a time is supported")
        return COMPARE[type(n.ops[0])](self.do(n.left), self.do(n.comparators[0]))

    def do_If(self, n):
        return self.block(n.body if self.do(n.test) else n.orelse)

    def do_For(self, n):
        if not isinstance(n.target, ast.Name):
            raise Refused("only a name can run over the items")
        result = None
        for item in self.do(n.iter):
            self.state[n.target.id] = item
            value = self.block(n.body)
            if value is not None:
                result = value
        return result


def step(state, inputs, code):
    state.update(inputs)
    tools = dict(BASE, **{name: f for name, f in TOOLS.items() if name in code})
    try:
        value = Run(state, tools).block(ast.parse(code).body)
    except Exception as e:
        return json.dumps({"error": f"{type(e).__name__}: {e}"})
    values = list(value.values()) if isinstance(value, dict) else []
    return json.dumps({"value": value if isinstance(value, str) else None, "values": [v for v in values if isinstance(v, str)],
                       "other": "" if isinstance(value, str) or value is None else repr(value)[:500]})


STATES = {}
