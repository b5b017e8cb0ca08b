#include "src/data/read_ahead.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

using Text = ReadAhead<std::string>;

std::int64_t length(const std::string& text) {
    return static_cast<std::int64_t>(text.size());
}

/// Makes "<number>", padded to 10 bytes, and counts what it made.
struct Maker {
    std::atomic<std::int64_t> made = 0;

    Text::Source source() {
        return {.make =
                    [this](std::int64_t number) {
                        auto text = std::to_string(number);
                        text.resize(10, '.');
                        ++made;
                        return text;
                    },
                .bytes_of = length};
    }
    /// Waits up to 10 s until `count` items were made; returns whether they were.
    bool reaches(std::int64_t count) const {
        for (int tries = 0; tries < 10'000 && made < count; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
        return made >= count;
    }
};

TEST(ReadAhead, GivesEveryItemInOrderAndAfterAJumpThoseFromThereOn) {
    Maker maker;
    Text items{{.items = 3, .bytes = 1000}, maker.source()};

    for (const std::int64_t number : {0, 1, 2, 3, 10, 11, 2, 3, 3, 4, 5}) {
        EXPECT_EQ(items.take(number).substr(0, std::to_string(number).size() + 1),
                  std::to_string(number) + ".");
    }
}

TEST(ReadAhead, MakesTheNextItemsBeforeTheyAreAskedForAndNoMoreThanTheLimit) {
    Maker maker;
    Text items{{.items = 4, .bytes = 1000}, maker.source()};

    items.take(0);

    EXPECT_TRUE(maker.reaches(5)) << maker.made;
    for (std::int64_t number = 1; number < 50; ++number) {
        items.take(number);
        EXPECT_LE(maker.made, number + 5);
    }
    EXPECT_LE(items.peak_bytes(), 40);
}

TEST(ReadAhead, KeepsWithinItsBytesButAlwaysMakesOne) {
    for (const auto& [bytes, peak] : {std::pair{25, 20}, std::pair{1, 10}}) {
        Maker maker;
        Text items{{.items = 100, .bytes = bytes}, maker.source()};

        for (std::int64_t number = 0; number < 50; ++number) {
            items.take(number);
        }

        EXPECT_TRUE(maker.reaches(51));
        EXPECT_LE(items.peak_bytes(), peak);
        EXPECT_GE(items.peak_bytes(), 10);
    }
}

TEST(ReadAhead, MakesNothingBehindTheEndUnlessAsked) {
    Maker maker;
    auto source = maker.source();
    source.end = 3;
    {
        Text items{{.items = 100, .bytes = 1000}, source};
        items.take(0);
        items.take(1);
        items.take(2);
        EXPECT_EQ(items.take(7), "7.........");
    }
    EXPECT_EQ(maker.made, 4);
}

TEST(ReadAhead, WithoutItemsAheadEachIsMadeWhenItIsAskedFor) {
    Maker maker;
    Text items{{}, maker.source()};

    EXPECT_EQ(items.take(3), "3.........");

    EXPECT_EQ(maker.made, 1);
}

TEST(ReadAhead, AnErrorIsThrownWhereItsItemIsTakenAndAgainWhenItIsAskedForAgain) {
    std::atomic<int> tries = 0;
    Text items{{.items = 4, .bytes = 1000},
               {.make =
                    [&](std::int64_t number) {
                        if (number == 2) {
                            ++tries;
                            throw std::runtime_error{"item 2"};
                        }
                        return std::string{"fine"};
                    },
                .bytes_of = length}};

    EXPECT_EQ(items.take(0), "fine");
    EXPECT_EQ(items.take(1), "fine");
    EXPECT_THROW(items.take(2), std::runtime_error);
    EXPECT_THROW(items.take(2), std::runtime_error);
    EXPECT_EQ(tries, 2);
    EXPECT_EQ(items.take(3), "fine");
}

TEST(ReadAhead, DestructionWaitsForTheItemBeingMadeAlone) {
    std::promise<void> started;
    std::promise<void> gate;
    std::atomic<int> made = 0;
    std::future<void> end;
    {
        Text items{{.items = 100, .bytes = 1000},
                   {.make =
                        [&, open = gate.get_future().share()](std::int64_t number) {
                            if (number == 1) {
                                started.set_value();
                                open.wait();
                            } else if (number > 1) {
                                std::this_thread::sleep_for(std::chrono::seconds{1});
                            }
                            ++made;
                            return std::string{};
                        },
                    .bytes_of = length}};
        items.take(0);
        started.get_future().wait();
        end = std::async(std::launch::async, [&] {
            std::this_thread::sleep_for(
                std::chrono::milliseconds{20});  // the destructor waits by now, or soon will
            gate.set_value();
        });
    }
    EXPECT_LE(made, 3);
}

TEST(ReadAhead, OneThatNobodyTookFromEndsAtOnce) {
    Maker maker;
    { Text items{{.items = 4, .bytes = 1000}, maker.source()}; }
    EXPECT_EQ(maker.made, 0);
}

}  // namespace
}  // namespace sslslr
