#include "dist/communicator.hpp"

#include <exception>
#include <limits>
#include <numeric>
#include <utility>

#include "dist/activity.hpp"

namespace sslslr::dist {
namespace {

std::string describe(int code, const char* call) {
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(code, text, &length);
    return std::string{call} + " failed: " + text;
}

int as_count(std::size_t count, const char* call) {
    if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw std::length_error{std::string{call} + ": " + std::to_string(count) +
                                " elements are more than MPI can count in one call"};
    }
    return static_cast<int>(count);
}

/// The layout of all ranks' texts joined in rank order. Construction is collective.
struct GatheredTexts {
    /// @throws std::length_error  on all ranks, since all see the same lengths: the total exceeds MPI's count
    GatheredTexts(const std::string& own, int ranks, MPI_Comm comm, const char* call)
        : starts(static_cast<std::size_t>(ranks)) {
        auto length = static_cast<std::int64_t>(own.size());
        std::vector<std::int64_t> lengths(starts.size());
        check(MPI_Allgather(&length, 1, MPI_INT64_T, lengths.data(), 1, MPI_INT64_T, comm), "MPI_Allgather");
        total = static_cast<std::size_t>(std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}));
        as_count(total, call);
        counts.assign(lengths.begin(), lengths.end());
        std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
    }

    std::size_t total = 0;
    std::vector<int> counts;
    std::vector<int> starts;
};

template <class T>
void sum_in_place(std::span<T> values, MPI_Datatype type, MPI_Comm comm) {
    const int count = as_count(values.size(), "MPI_Allreduce");
    const CollectiveWait waiting{"sum"};
    check(MPI_Allreduce(MPI_IN_PLACE, values.data(), count, type, MPI_SUM, comm), "MPI_Allreduce");
}

}  // namespace

MpiError::MpiError(int code_, const char* call) : std::runtime_error{describe(code_, call)}, code{code_} {}

void check(int code, const char* call) {
    if (code != MPI_SUCCESS) {
        throw MpiError{code, call};
    }
}

Communicator::Communicator(MPI_Comm owned) : comm_{owned} {
    check(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
}

Communicator Communicator::world() {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_dup(MPI_COMM_WORLD, &comm), "MPI_Comm_dup");
    return Communicator{comm};
}

Communicator Communicator::self() {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_dup(MPI_COMM_SELF, &comm), "MPI_Comm_dup");
    return Communicator{comm};
}

Communicator Communicator::duplicate() const {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_dup(comm_, &comm), "MPI_Comm_dup");
    return Communicator{comm};
}

Communicator Communicator::split(int colour) const {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_split(comm_, colour, rank_, &comm), "MPI_Comm_split");
    return Communicator{comm};
}

Communicator Communicator::on_this_node() const {
    MPI_Comm comm = MPI_COMM_NULL;
    check(MPI_Comm_split_type(comm_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &comm),
          "MPI_Comm_split_type");
    return Communicator{comm};
}

Communicator::Communicator(Communicator&& other) noexcept
    : comm_{std::exchange(other.comm_, MPI_COMM_NULL)}, rank_{other.rank_}, size_{other.size_} {}

Communicator& Communicator::operator=(Communicator other) noexcept {
    std::swap(comm_, other.comm_);
    std::swap(rank_, other.rank_);
    std::swap(size_, other.size_);
    return *this;
}

Communicator::~Communicator() {
    // MPI_Comm_free is collective: a rank that leaves by an exception must not wait in it.
    if (comm_ != MPI_COMM_NULL && std::uncaught_exceptions() == 0) {
        MPI_Comm_free(&comm_);
    }
}

void Communicator::barrier() const {
    const CollectiveWait waiting{"barrier"};
    check(MPI_Barrier(comm_), "MPI_Barrier");
}

void Communicator::all_reduce_sum(std::span<double> values) const {
    sum_in_place(values, MPI_DOUBLE, comm_);
}

void Communicator::all_reduce_sum(std::span<std::int64_t> values) const {
    sum_in_place(values, MPI_INT64_T, comm_);
}

std::vector<std::string> Communicator::all_gather(const std::string& text) const {
    const CollectiveWait waiting{"gather"};
    const GatheredTexts places{text, size_, comm_, "MPI_Allgatherv"};
    std::string joined(places.total, '\0');
    check(MPI_Allgatherv(text.data(), static_cast<int>(text.size()), MPI_CHAR, joined.data(),
                         places.counts.data(), places.starts.data(), MPI_CHAR, comm_),
          "MPI_Allgatherv");

    std::vector<std::string> texts;
    for (std::size_t rank = 0; rank < places.counts.size(); ++rank) {
        texts.push_back(joined.substr(static_cast<std::size_t>(places.starts[rank]),
                                      static_cast<std::size_t>(places.counts[rank])));
    }
    return texts;
}

std::string Communicator::gather(const std::string& text) const {
    const CollectiveWait waiting{"gather"};
    const GatheredTexts places{text, size_, comm_, "MPI_Gatherv"};
    std::string joined(rank_ == 0 ? places.total : 0, '\0');
    check(MPI_Gatherv(text.data(), static_cast<int>(text.size()), MPI_CHAR, joined.data(),
                      places.counts.data(), places.starts.data(), MPI_CHAR, 0, comm_),
          "MPI_Gatherv");
    return joined;
}

std::string Communicator::broadcast(std::string text, int root) const {
    const CollectiveWait waiting{"broadcast"};
    auto length = static_cast<std::int64_t>(text.size());
    check(MPI_Bcast(&length, 1, MPI_INT64_T, root, comm_), "MPI_Bcast");
    const int count = as_count(static_cast<std::size_t>(length), "MPI_Bcast");
    text.resize(static_cast<std::size_t>(length));
    check(MPI_Bcast(text.data(), count, MPI_CHAR, root, comm_), "MPI_Bcast");
    return text;
}

}  // namespace sslslr::dist
