#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <mpi.h>

namespace sslslr::dist {

/// An MPI call that failed; what() names the call and carries MPI's own text.
struct MpiError : std::runtime_error {
    MpiError(int code, const char* call);
    int code;
};

/// Throws MpiError unless `code` is MPI_SUCCESS.
void check(int code, const char* call);

/// Sole owner of one MPI communicator; frees it when destroyed.
///
/// Must not outlive the MpiSession that started MPI. Every member except rank(), size() and handle() is
/// collective: all ranks call it, in the same order, or the run hangs. Errors: MpiError.
class Communicator {
public:
    /// A private duplicate of MPI_COMM_WORLD, so our messages never meet another library's.
    static Communicator world();
    /// A communicator of this rank only.
    static Communicator self();

    /// A private duplicate with the same ranks.
    Communicator duplicate() const;
    /// Groups the ranks that pass the same colour, ordered by their rank here.
    Communicator split(int colour) const;
    /// The ranks that share memory with this one; its rank() is the local device index.
    Communicator on_this_node() const;

    Communicator(Communicator&& other) noexcept;
    Communicator& operator=(Communicator other) noexcept;
    ~Communicator();

    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    MPI_Comm handle() const noexcept { return comm_; }

    void barrier() const;
    /// Replaces each value, in place, with its sum over all ranks.
    void all_reduce_sum(std::span<double> values) const;
    void all_reduce_sum(std::span<std::int64_t> values) const;
    /// Returns every rank's text, indexed by rank; texts may differ in length.
    std::vector<std::string> all_gather(const std::string& text) const;
    /// Returns the texts of all ranks joined in rank order on rank 0, and an empty text on the others.
    std::string gather(const std::string& text) const;
    /// Returns `root`'s text on every rank.
    std::string broadcast(std::string text, int root = 0) const;

private:
    explicit Communicator(MPI_Comm owned);

    MPI_Comm comm_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
};

}  // namespace sslslr::dist
