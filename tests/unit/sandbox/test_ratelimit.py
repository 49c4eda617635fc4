from hypothesis import given
from hypothesis import strategies as st

from sandbox.ratelimit import GLOBAL, Limit, RateLimiter, Verdict

FIVE = Limit(5, 5.0)


class Now:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def post(limiter: RateLimiter, channel: str = "1", *, count_globally: bool = True) -> Verdict:
    return limiter.take("POST /channels/{channel_id}/messages", channel, FIVE, count_globally=count_globally)


def test_five_in_five_seconds_pass_and_the_sixth_is_told_when_to_come_back() -> None:
    now = Now()
    limiter = RateLimiter(now)
    assert [post(limiter).remaining for _ in range(5)] == [4, 3, 2, 1, 0]
    now.seconds += 2

    sixth = post(limiter)
    assert (sixth.allowed, sixth.reset_after, sixth.everywhere) == (False, 3.0, False)
    assert float(sixth.headers()["Retry-After"]) >= 3.0
    assert sixth.headers()["X-RateLimit-Scope"] == "user"
    assert "Via" in sixth.headers()


def test_after_the_window_it_starts_anew() -> None:
    now = Now()
    limiter = RateLimiter(now)
    for _ in range(6):
        post(limiter)
    now.seconds += 5

    assert post(limiter).remaining == 4


@given(st.lists(st.floats(0, 3), max_size=60))
def test_no_window_of_five_seconds_lets_more_than_five_through_from_its_first_request(gaps: list[float]) -> None:
    now = Now()
    limiter = RateLimiter(now)
    opened, passed = -FIVE.seconds, 0
    for gap in gaps:
        now.seconds += gap
        if now.seconds >= opened + FIVE.seconds:
            opened, passed = now.seconds, 0
        passed += post(limiter).allowed
        assert passed <= FIVE.requests


def test_each_channel_has_a_window_of_its_own_in_one_bucket() -> None:
    limiter = RateLimiter(Now())
    for _ in range(5):
        post(limiter, "1")

    assert not post(limiter, "1").allowed
    assert post(limiter, "2").allowed
    assert post(limiter, "1").bucket == post(limiter, "2").bucket


def test_fifty_a_second_over_all_routes_pass_and_then_everything_waits() -> None:
    now = Now()
    limiter = RateLimiter(now)
    assert all(post(limiter, str(number)).allowed for number in range(GLOBAL.requests))

    refused = post(limiter, "new")
    assert (refused.allowed, refused.everywhere) == (False, True)
    assert refused.headers()["X-RateLimit-Global"] == "true"
    assert refused.headers()["X-RateLimit-Scope"] == "global"


def test_interactions_do_not_count_towards_the_limit_over_all_routes() -> None:
    limiter = RateLimiter(Now())
    for number in range(GLOBAL.requests):
        post(limiter, str(number))

    assert post(limiter, "new", count_globally=False).allowed


def test_the_headers_have_the_names_that_clients_read() -> None:
    headers = post(RateLimiter(Now())).headers()

    assert set(headers) == {
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-RateLimit-Reset-After",
        "X-RateLimit-Bucket",
    }
