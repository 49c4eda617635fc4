import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.limits.form import Form

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, JSON)
def test_no_json_value_makes_a_check_fail_otherwise_than_with_an_error_in_the_form(data: object, inner: object) -> None:
    for form in (Form(data), Form({"k": inner})):
        form.mapping()
        form.text("k", low=1, high=5)
        form.integer("k", low=0, high=9)
        form.flag("k")
        form.items("k", high=2)
        form.child("k")


def test_errors_stand_at_their_path_as_discord_nests_them() -> None:
    form = Form({"embeds": [{"fields": [{"name": ""}]}]})
    [embed] = form.items("embeds", high=10)
    [field] = embed.items("fields", high=25)
    field.text("name", high=256, required=True)

    with pytest.raises(ApiError) as refused:
        form.check()
    assert refused.value.body() == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "embeds": {
                "0": {
                    "fields": {
                        "0": {
                            "name": {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}]}
                        }
                    }
                }
            }
        },
    }


def test_a_form_without_errors_passes() -> None:
    form = Form({"n": "5", "t": " x "})

    assert (form.integer("n"), form.text("t", high=5), form.failed) == (5, "x", False)
    form.check()


@pytest.mark.parametrize("value", [True, "five", 1.5, [], {}])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    form = Form({"n": value})

    assert form.integer("n") is None
    assert form.failed


@pytest.mark.parametrize("value", [[], {}, True])
def test_what_is_no_text_is_refused(value: object) -> None:
    form = Form({"t": value})

    assert form.text("t", high=5) is None
    assert form.failed
