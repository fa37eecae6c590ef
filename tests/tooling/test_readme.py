"""Reading the README as its reader would."""

from __future__ import annotations

from tests.tooling.readme import Step, section, steps

PAGE = """# A package

## Add it to your project

Install it:

<!-- run -->
```sh
# in your environment
pip install it

python manage.py migrate
```

<!-- file: mysite/settings.py -->

```python
INSTALLED_APPS += ["it"]
```

```python
this_is("only an example")
```

## More

<!-- run -->
```sh
rm -rf everything
```
"""


def test_the_steps_of_a_section_are_found_in_order():
    assert steps(section(PAGE, "Add it to your project")) == [
        Step("# in your environment\npip install it\n\npython manage.py migrate\n"),
        Step('INSTALLED_APPS += ["it"]\n', "mysite/settings.py"),
    ]


def test_comments_are_not_typed():
    assert steps(PAGE)[0].lines == ["pip install it", "python manage.py migrate"]


def test_a_page_without_the_section_has_no_steps():
    assert steps(section(PAGE, "Take it away again")) == []
