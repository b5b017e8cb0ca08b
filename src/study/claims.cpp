#include "src/study/claims.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/study/measure.hpp"

namespace sslslr {
namespace {

/// The comparisons of a claim by their outcome.
struct Tally {
    std::int64_t for_it = 0;
    std::int64_t against = 0;
    std::int64_t open = 0;
    std::int64_t missing = 0;

    void count(const std::optional<Interval>& surplus, double least = 0) {
        if (!surplus) {
            ++missing;
        } else if (surplus->low > least) {
            ++for_it;
        } else if (surplus->high < least) {
            ++against;
        } else {
            ++open;
        }
    }
    std::string verdict() const {
        if (for_it + against + open == 0) {
            return "not tested here";
        }
        return against > 0 ? "does not hold" : open == 0 && missing == 0 ? "holds" : "not distinguishable";
    }
    std::string evidence() const {
        const auto all = for_it + against + open + missing;
        const auto text =
            fmt::format("supported by {} of {} comparisons beyond their intervals, contradicted by {}",
                        for_it, all, against);
        return missing == 0 ? text : text + fmt::format(", no result or no interval: {}", missing);
    }
};

Interval negated(const Interval& interval) {
    return {.mean = -interval.mean, .low = -interval.high, .high = -interval.low};
}

/// Judges one claim by the tables that it names.
class Judge {
public:
    Judge(const ClaimSpec& claim, const StudyResults& results) : claim_{claim}, results_{results} {}

    Tally tally() {
        std::vector<const PlannedTable*> tables;
        for (const auto& name : claim_.tables) {
            tables.push_back(&table_named(name));
        }
        if (claim_.kind == ClaimKind::interaction) {
            compare_differences(tables);
        } else {
            std::ranges::for_each(tables, [&](const auto* table) { judge(*table); });
        }
        return tally_;
    }

private:
    const PlannedTable& table_named(const std::string& name) const {
        const auto table = std::ranges::find(results_.plan().tables, name,
                                             [](const PlannedTable& planned) { return planned.spec.name; });
        if (table == results_.plan().tables.end()) {
            throw ConfigError{fmt::format("{}: [claim {}]: the study has no [table {}]", io::setting("study"),
                                          claim_.name, name)};
        }
        return *table;
    }

    void judge(const PlannedTable& table) {
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            switch (claim_.kind) {
                case ClaimKind::better:
                    compare(table, row);
                    break;
                case ClaimKind::order:
                    for (std::size_t i = 0; i + 1 < claim_.better.size(); ++i) {
                        tally_.count(difference(table, row, claim_.better[i + 1], row, claim_.better[i]));
                    }
                    break;
                case ClaimKind::equal:
                    compare_to_first(table, row);
                    break;
                case ClaimKind::own_choice:
                    compare_to_own_choice(table, row);
                    break;
                case ClaimKind::above:
                case ClaimKind::below:
                    hold_against_limit(table, row);
                    break;
                case ClaimKind::interaction:
                case ClaimKind::untested:
                    break;  // not judged row by row
            }
        }
    }

    /// Compares columns of one row, or the rows of two augmentations in each method's column.
    void compare(const PlannedTable& table, std::size_t row) {
        const auto sign = measure_named(table.spec.measure).sign;
        const auto count = [&](const std::optional<Interval>& surplus) {
            tally_.count(surplus && sign < 0 ? negated(*surplus) : surplus);
        };
        for (const auto& better : claim_.better) {
            for (const auto& worse : claim_.worse) {
                if (cell(table, row, better) != nullptr) {
                    count(difference(table, row, better, row, worse));
                } else if (table.rows[row].augmentation == better) {
                    for (const auto other : rows_of(table, row, worse)) {
                        for (const auto& method : table.spec.methods) {
                            count(difference(table, row, method, other, method));
                        }
                    }
                }
            }
        }
    }

    void compare_to_first(const PlannedTable& table, std::size_t row) {
        for (std::size_t i = 1; i < claim_.better.size(); ++i) {
            const auto found = difference(table, row, claim_.better[i], row, claim_.better[0]);
            if (!found) {
                ++tally_.missing;
            } else if (found->low > -claim_.limit && found->high < claim_.limit) {
                ++tally_.for_it;
            } else if (found->low > claim_.limit || found->high < -claim_.limit) {
                ++tally_.against;
            } else {
                ++tally_.open;
            }
        }
    }

    /// Judges what each column of the common augmentation's row would gain by the augmentation that validates
    /// best on that data set.
    void compare_to_own_choice(const PlannedTable& table, std::size_t row) {
        if (table.rows[row].augmentation != claim_.better.front()) {
            return;
        }
        for (const auto& column : table.columns) {
            if (column.control) {
                continue;
            }
            const auto own = best_validated(table, row, column.name);
            const auto gain = own ? difference(table, *own, column.name, row, column.name) : std::nullopt;
            if (own == row) {
                ++tally_.for_it;
            } else if (!gain) {
                ++tally_.missing;
            } else {
                tally_.count(negated(*gain), -claim_.limit);
            }
        }
    }

    /// Returns the row of the augmentation that validates best, the common one among equals; nothing while a
    /// validation is missing.
    std::optional<std::size_t> best_validated(const PlannedTable& table, std::size_t common,
                                              const std::string& column) const {
        std::optional<std::size_t> best;
        double best_score = 0;
        std::vector<std::size_t> rows{common};
        for (const auto& name : table.spec.augmentations) {
            if (name != claim_.better.front()) {
                std::ranges::copy(rows_of(table, common, name), std::back_inserter(rows));
            }
        }
        for (const auto row : rows) {
            const auto score = results_.figure(*cell(table, row, column), "validation");
            if (!score) {
                return std::nullopt;
            }
            if (!best || score->mean > best_score) {
                best = row;
                best_score = score->mean;
            }
        }
        return best;
    }

    /// Judges whether `better` is ahead of `worse` by more in the first table than in the second, which is
    /// made from other data, so that the two differences are independent. Source of the interval of their
    /// difference: Zou and Donner 2008, "Construction of confidence limits about effect measures: a general
    /// approach".
    void compare_differences(const std::vector<const PlannedTable*>& tables) {
        for (const auto& better : claim_.better) {
            for (const auto& worse : claim_.worse) {
                const auto a = difference(*tables[0], 0, better, 0, worse);
                const auto b = difference(*tables[1], 0, better, 0, worse);
                if (!a || !b) {
                    ++tally_.missing;
                    continue;
                }
                const auto mean = a->mean - b->mean;
                tally_.count(Interval{.mean = mean,
                                      .low = mean - std::hypot(a->mean - a->low, b->high - b->mean),
                                      .high = mean + std::hypot(a->high - a->mean, b->mean - b->low)});
            }
        }
    }

    /// Compares the interval of each figure with the limit. A figure without one, such as the measure of a
    /// single training, decides nothing.
    void hold_against_limit(const PlannedTable& table, std::size_t row) {
        for (const auto& name : claim_.better) {
            const auto* const of_column = cell(table, row, name);
            const auto figure =
                of_column == nullptr ? std::nullopt : results_.figure(*of_column, table.spec.measure);
            const bool is_above = claim_.kind == ClaimKind::above;
            auto interval = figure ? figure->interval : std::nullopt;
            if (interval && !is_above) {
                interval = negated(*interval);
            }
            tally_.count(interval, is_above ? claim_.limit : -claim_.limit);
        }
    }

    /// Returns the cell of a column; null if the table has no such column.
    /// @param beside  the column it is compared with. Of a control with several encoders, takes the one of
    ///                this method, else the study's own, else the first
    static const PlannedCell* cell(const PlannedTable& table, std::size_t row, const std::string& column,
                                   const std::string& beside = "") {
        const auto is_meant = [&](const PlannedColumn& other) {
            return other.control && word_of(*other.control) == column;
        };
        auto found = std::ranges::find_if(table.columns, [&](const PlannedColumn& other) {
            return is_meant(other) && std::ranges::find(other.methods, beside) != other.methods.end();
        });
        if (found == table.columns.end()) {
            found = std::ranges::find(table.columns, column, &PlannedColumn::name);
        }
        if (found == table.columns.end()) {
            found = std::ranges::find_if(table.columns, is_meant);
        }
        return found == table.columns.end()
                   ? nullptr
                   : &table.cells[row][static_cast<std::size_t>(found - table.columns.begin())];
    }

    static std::vector<std::size_t> rows_of(const PlannedTable& table, std::size_t like,
                                            const std::string& augmentation) {
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            if (table.rows[row].augmentation == augmentation &&
                table.rows[row].data == table.rows[like].data &&
                table.rows[row].target == table.rows[like].target) {
                rows.push_back(row);
            }
        }
        return rows;
    }

    std::optional<Interval> difference(const PlannedTable& table, std::size_t row_a,
                                       const std::string& column_a, std::size_t row_b,
                                       const std::string& column_b) const {
        const auto* const a = cell(table, row_a, column_a, column_b);
        const auto* const b = cell(table, row_b, column_b, column_a);
        return a == nullptr || b == nullptr ? std::nullopt : results_.difference(*a, *b, table.spec.measure);
    }

    const ClaimSpec& claim_;
    const StudyResults& results_;
    Tally tally_;
};

}  // namespace

std::vector<ClaimVerdict> verdicts_of(const std::vector<ClaimSpec>& claims, const StudyResults& results) {
    std::vector<ClaimVerdict> verdicts;
    for (const auto& claim : claims) {
        if (claim.kind == ClaimKind::untested) {
            verdicts.push_back({claim.name, claim.says, Tally{}.verdict(), claim.why});
        } else {
            const auto tally = Judge{claim, results}.tally();
            verdicts.push_back({claim.name, claim.says, tally.verdict(), tally.evidence()});
        }
    }
    return verdicts;
}

}  // namespace sslslr
